import Foundation
import Methods
import SaliencyCore
import Support
import Testing

@testable import Bench

/// Which classes and regions a run is about.
@Suite struct RunTargetTests {
  @Test func namesThatCannotBeAreErrorsBeforeTheRun() throws {
    let tiny = try TinyRun()
    func complaint(_ old: String, _ new: String) -> [String] {
      do {
        _ = try tiny.runner(tiny.experiment { $0.replacing(old, with: new) })
        return []
      } catch {
        return "\(error)".replacing(tiny.folder.path, with: "F").split(separator: "\n").map(String.init)
      }
    }
    #expect(
      complaint("[top, annotated]", "[top, trueth, top9, 7]") == [
        "F/e.yaml:4: target \"trueth\": no model has a class of this name; did you mean \"truth\"?",
        "F/e.yaml:4: target top9: the model has 3 classes, wanted a rank from 1 to 3",
        "F/e.yaml:4: target 7: the model has 3 classes, wanted an index from 0 to 2",
      ])
    #expect(complaint("[top, annotated]", "[ring, top4, 3]").isEmpty, "one of the models has them")
    #expect(
      complaint("[top, annotated]", "[stra]") == [
        "F/e.yaml:4: target \"stra\": no model has a class of this name; did you mean \"star\"?"
      ])
    #expect(
      complaint("[top, annotated]", "[\"mean(star\", \"mean()\", \"difference(star, 7)\"]") == [
        "F/e.yaml:4: target \"mean(star\": no model has a class of this name; wanted top, top2, least, truth, "
          + "annotated, an index, or a class",
        "F/e.yaml:4: target \"mean()\": expected mean(a, b, ...)",
        "F/e.yaml:4: target 7: the model has 3 classes, wanted an index from 0 to 2",
      ])
    let layer = complaint("[gradient,", "[{ method: gradient, layer: conv9 },")
    #expect(layer.count == 1 && layer[0].hasPrefix("F/e.yaml:5: "), "\(layer)")
    #expect(
      complaint("[sparseness,", "[relevance-mass(object=disk), sparseness,") == [
        "F/e.yaml:7: object: no image has an object called \"disk\"; did you mean \"disc\"?"
      ])
    #expect(
      complaint("{ coco: data/annotations.json }", "data") == [
        "F/e.yaml:4: target annotated: no image has a class or an annotated object; wanted a data set that has them"
      ])
  }

  /// Functions of classes are targets of their own: recorded as they are written, with results of their own.
  @Test func functionsOfClasses() throws {
    let tiny = try TinyRun()
    let targets = "[\"difference(truth, box)\", \"probability(star)\", star]"
    let experiment = try tiny.experiment { $0.replacing("[top, annotated]", with: targets) }
    try tiny.run(experiment)
    let results = try tiny.tables().results
    let (difference, probability, plain) = (results.settings[0], results.settings[1], results.settings[2])
    #expect(difference.target == "difference(truth, box)")
    let asked = difference.requests.map(\.resolved)
    #expect(asked[0]?.className == "difference(disc, box)" && asked[0]?.classIndex == nil)
    #expect(asked[0]?.probability == nil && asked[1] == nil, "b.png has objects of two classes")
    #expect(probability.requests[0].resolved?.className == "probability(star)")
    #expect(
      probability.requests[0].resolved?.classIndex == 1 && plain.requests[0].resolved?.className == "star")
    let pointing = try #require(results.columns.firstIndex { $0.name.hasPrefix("pointing-game") })
    #expect(difference.outcome(0, pointing, 0) == .notApplicable)
    #expect(difference.reason(0, metric: 2, 0) == "the target difference(disc, box) is no single class")
    let deletion = try #require(results.columns.firstIndex { $0.name.hasPrefix("deletion") })
    #expect(difference.outcome(0, deletion, 0) == .done)
    let again = try tiny.run(experiment)
    #expect(again.progress.found == again.progress.done, "\(again.progress)")
  }

  @Test func keysOfPlainClassesAreThoseOfEarlierVersions() {
    func digest(_ asked: RequestRecord.Resolved) -> Digest {
      Digest { asked.addTarget(to: &$0) }
    }
    var asked = RequestRecord.Resolved(
      classIndex: 3, className: "ring", probability: 0.5, pixels: Digest(of: "p"),
      annotations: Digest(of: "a"))
    #expect(digest(asked) == Digest { $0.add(count: 3) })
    asked.className = "probability(ring)"
    #expect(digest(asked) != Digest { $0.add(count: 3) })
  }

  /// A crowd is nobody's class to ask about, no region under any target, and counted.
  @Test func crowdsAreLeftOutAndCounted() throws {
    let tiny = try TinyRun()
    try tiny.folder.write(
      TinyRun.annotations.replacing(
        "{\"image_id\": 2, \"category_id\": 1,", with: "{\"iscrowd\": 1, \"image_id\": 2, \"category_id\": 1,"
      ),
      to: "data/annotations.json")
    let experiment = try tiny.experiment {
      $0.replacing("[gap, vgg]", with: "gap").replacing("[top, annotated]", with: "[annotated, disc]")
    }
    let plan = try RunPlan(experiment, folder: tiny.folder.path, loadModel: TinyRun.model)
    #expect(plan.summary.contains("images: 3, 1 crowd annotation (iscrowd: 1) left out"))
    #expect(try tiny.run(experiment).crowds == 1)
    let results = try tiny.tables().results
    #expect(results.manifest.crowds == 1)
    #expect(
      results.settings[0].requests.map(\.target) == ["annotated:disc", "annotated:star", "annotated:ghost"])
    // b.png has a star and a crowd of discs: the map of the disc has no place to be right or wrong at.
    let pointing = try #require(results.columns.firstIndex { $0.name.hasPrefix("pointing-game") })
    #expect(results.settings[1].outcome(0, pointing, 0) == .done)
    #expect(results.settings[1].outcome(0, pointing, 1) == .notApplicable)
    #expect(results.settings[1].reason(0, metric: 2, 1)?.contains("crowd") == true)
  }

  @Test func whatOneModelLacksIsNotApplicable() throws {
    let tiny = try TinyRun()
    try tiny.run(tiny.experiment { $0.replacing("[top, annotated]", with: "[ring]") })
    let settings = try tiny.tables().results.settings
    #expect(settings[0].requests.allSatisfy { $0.resolved == nil } && settings[0].requests.count == 3)
    guard case .skipped(let reason) = settings[0].requests[0].state else {
      Issue.record("\(settings[0].requests[0].state)")
      return
    }
    #expect(reason.contains("no class of this name"))
    #expect(settings[1].requests.allSatisfy { $0.resolved?.classIndex == 3 })
  }
}
