import Foundation
import GRDB
import Imaging
import Methods
import SaliencyCore
import Support
import Testing

@testable import Bench

/// What a run finds in its store: it computes the rest.
@Suite struct ResumeTests {
  @Test func aSecondRunRepeatsNothing() throws {
    let tiny = try TinyRun()
    try tiny.run(tiny.experiment())
    let before = try RunnerTests.bytes(tiny.tables())
    let again = try tiny.run(tiny.experiment())
    #expect(again.progress.found + again.progress.shared == 56 && again.progress.done == 56)
    #expect(try RunnerTests.bytes(tiny.tables()) == before)
  }

  @Test func aRunThatIsStoppedGoesOn() throws {
    let whole = try TinyRun()
    try whole.run(whole.experiment())
    let tiny = try TinyRun()
    var parts = 0
    while true {
      let runner = try tiny.runner(tiny.experiment())
      let stopper = Thread {
        // After at least one more unit.
        while runner.progress.computed < 5 { usleep(200) }
        runner.stop()
      }
      stopper.start()
      let summary = try runner.run()
      #expect(try runner.store.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM claims") } == 0)
      parts += 1
      if !summary.wasStopped || summary.progress.done == summary.progress.total { break }
    }
    #expect(parts > 1)
    #expect(try RunnerTests.bytes(tiny.tables()) == RunnerTests.bytes(whole.tables()))
  }

  /// Two targets that are one class share their results: these are counted as shared, in the first run and in the next.
  @Test func runsCountAlike() throws {
    let tiny = try TinyRun()
    // The top class by its name, so that it is asked about twice.
    let images = try ImageSet(tiny.experiment().images, folder: tiny.folder.path, seed: 0).images
    let gap = try TinyRun.model(ModelChoice("gap"))
    let scores = try gap.model.scores(gap.transform(images[0].picture())).scalars
    let top = try Target.top.resolved(scores: scores, labels: nil)
    func experiment() throws -> Experiment {
      try tiny.experiment {
        $0.replacing("[gap, vgg]", with: "gap").replacing("[top, annotated]", with: "[top, \(top)]")
      }
    }
    let runner = try tiny.runner(experiment(), options: .init(jobs: 1))
    let stopper = Thread {
      while runner.progress.done < 9 { usleep(200) }
      runner.stop()
    }
    stopper.start()
    let first = try runner.run().progress
    #expect(first.found == 0 && first.shared >= 4 && first.total == 24)
    let second = try tiny.run(experiment()).progress
    #expect(second.done == 24 && second.found == first.done - first.shared)
    #expect(second.shared >= first.shared)
  }

  @Test func twoAtOneStoreShareTheWork() throws {
    let tiny = try TinyRun()
    let experiment = try tiny.experiment()
    let first = try tiny.runner(experiment, options: .init(jobs: 1))
    // Another living process, as far as the claims can tell.
    let parent = try #require(ProcessIdentityTests.parent)
    let other = try ResultStore(path: tiny.output + "/store.sqlite", owner: parent)
    try other.begin(plan: first.plan.digest, describing: ["experiment": experiment.canonicalJSON])
    let held = first.share.places[2]
    #expect(try other.take(.place(held)))
    let helper = Thread {
      while first.progress.done < 52 { usleep(1_000) }
      usleep(100_000)
      try? other.releaseAll()
    }
    helper.start()
    let summary = try first.run()
    #expect(summary.progress.done == 56, "what the other gave up is done in the end")
    let claims = try other.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM claims") }
    #expect(claims == 0)
  }

  @Test func anExperimentThatGrowsKeepsWhatItHas() throws {
    let tiny = try TinyRun()
    try tiny.run(tiny.experiment { $0.replacing("metrics: [sparseness, ", with: "metrics: [") })
    let units = try RunFolder(tiny.output).store().read {
      try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM units")
    }
    let summary = try tiny.run(tiny.experiment())
    #expect(summary.progress.done == 56)
    let store = try RunFolder(tiny.output).store()
    #expect(
      try store.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM units") } == units, "no unit is new")
    let fresh = try TinyRun()
    try fresh.run(fresh.experiment())
    #expect(try RunnerTests.bytes(tiny.tables()) == RunnerTests.bytes(fresh.tables()))
  }

  @Test func aChangedPictureIsAskedAnew() throws {
    let tiny = try TinyRun()
    try tiny.run(tiny.experiment())
    let other = Image(width: 16, height: 12) { row, column in RGB(UInt8(row * 9), UInt8(column * 3), 77) }
    try tiny.folder.write(try other.pngData(), to: "data/a.png")
    let again = try tiny.run(tiny.experiment())
    // a.png: top and disc, on two models, by four methods; where top is disc one answers the other.
    let known = again.progress.found + again.progress.shared
    #expect(again.progress.done == 56 && (40..<56).contains(known))
  }
}
