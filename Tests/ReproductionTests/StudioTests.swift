import Bench
import Foundation
import Methods
import ModelLibrary
import SaliencyCore
import Testing

@testable import Reproduction

/// Settings, variations and measures on the smallest bundled model.
@Suite struct StudioTests {
  private let studio: Studio
  private let base: Setting

  init() throws {
    let images = try ImageSet([ImageSource(.bundled("scenes-test"), range: 0..<12)], folder: "", seed: 0)
      .images
    studio = Studio(images: images, seed: 0)
    base = Setting(model: ModelChoice("scenes-gap"))
  }

  private func answer(_ method: any SaliencyMethod, _ change: (inout Setting) -> Void = { _ in }) throws
    -> Answer
  {
    var setting = base
    setting.method = MethodChoice(method)
    setting.image = "one-002"
    change(&setting)
    return try studio.answer(to: setting)
  }

  @Test func theInnermostSaysWhatIsMeant() {
    let outer = Setting(image: "a", layer: "x", threshold: 0.2)
    let inner = Setting(image: "b", layer: nil, threshold: nil)
    let both = inner.over(outer)
    #expect(both.image == "b" && both.layer == "x" && both.threshold == 0.2)
  }

  @Test func imagesByNameAndPattern() throws {
    #expect(try studio.images(matching: ["one-00*"]).count == 10)
    #expect(
      try studio.images(matching: ["one-003", "images/one-001.png"]).map(\.shortName) == [
        "one-003", "one-001",
      ])
    #expect { try studio.images(matching: ["one-03"]) } throws: { error in
      "\(error)".hasPrefix("no image is called \"one-03\"; did you mean \"one-003\"")
    }
  }

  @Test func severalValuesMakeSeveralRows() throws {
    var variation = Variation()
    variation.axes = [
      .images(["one-000", "one-001"]), .methods([MethodChoice(Gradient()), MethodChoice(GradCAM())]),
    ]
    let variants = try variation.variants(in: studio, base: base)
    #expect(
      variants.map(\.setting.image) == [
        "images/one-000.png", "images/one-000.png", "images/one-001.png", "images/one-001.png",
      ])
    #expect(variants.map(\.title) == ["Gradient", "Grad-CAM", "Gradient", "Grad-CAM"])
  }

  @Test func layersAreThoseOfTheModel() throws {
    var variation = Variation()
    variation.axes = [.layers(.convolutional)]
    #expect(try variation.variants(in: studio, base: base).map(\.title) == (1...6).map { "relu\($0)" })
    variation.most = 3
    #expect(try variation.variants(in: studio, base: base).map(\.title) == ["relu1", "relu3", "relu6"])
  }

  @Test func randomisationGoesDownFromTheScores() throws {
    var variation = Variation()
    variation.axes = [.cascading]
    variation.most = 2
    let cascade = try variation.variants(in: studio, base: base)
    #expect(cascade.map(\.title) == ["trained", "predictions", "conv1"])
    #expect(cascade.map { $0.setting.randomised?.count } == [0, 1, 13])
    variation.axes = [.independent]
    #expect(try variation.variants(in: studio, base: base).map { $0.setting.randomised?.count } == [0, 1, 1])
  }

  @Test func aRandomModelIsAskedAboutTheTrainedOnesClass() throws {
    let trained = try answer(Gradient())
    let random = try answer(Gradient()) { $0.randomised = ["predictions"] }
    #expect(trained.question.target == random.question.target)
    #expect(trained.map != random.map)
  }

  @Test func camIsGradCAMTimesTheNumberOfPlaces() throws {
    let (cam, gradCAM) = (try answer(CAM()), try answer(GradCAM()))
    let difference = try Measure.difference(gradCAM.question, gradCAM, against: cam).number
    #expect(try #require(difference) < 1e-5)
    let ratio = try Measure.ratio(gradCAM.question, gradCAM, against: cam).number
    #expect(abs(try #require(ratio) - 144) < 1e-3)
  }

  @Test func measuresOfOneMap() throws {
    let map = try answer(GradCAM()) { $0.target = .truth }
    let mass = try Measure("relevance-mass", metrics: .standard)(map.question, map, against: nil).number
    let area = try Measure.area(map.question, nil, against: nil).number
    #expect(try #require(mass) > 3 * #require(area), "the map is on the object")
    #expect(try Measure.className(map.question, nil, against: nil) == .word("striped square"))
    #expect(try Measure.shift(map.question, map, against: map).number == 0)
    #expect(try Measure.overlap(map.question, map, against: map).number == 1)
  }

  @Test func numbersAboutAnotherThing() throws {
    let tagged = try ImageSet([ImageSource(.bundled("scenes-hans"))], folder: "", seed: 0).images
    let studio = Studio(images: tagged, seed: 0)
    var setting = Setting(
      model: ModelChoice("scenes-hans"), image: "tagged-03", target: .label("spotted star"))
    setting.object = "tag"
    let area = try Measure.area(studio.question(of: setting), nil, against: nil).number
    #expect(abs(try #require(area) - 0.011) < 0.005, "the tag is a hundredth of the picture")
  }

  @Test func oneModelInPlaceOfTwoIsNoComparison() {
    let substitution = Substitution(model: .init("scenes-vgg"))
    let studio = Studio(images: studio.images, seed: 0, substitution: substitution)
    var setting = Setting(model: ModelChoice("scenes-random"))
    setting.against = [Setting(model: ModelChoice("scenes-gap"))]
    #expect(throws: SettingError("it compares models with one another, and one was given in place of all")) {
      try studio.compared(studio.substituted(setting))
    }
  }
}
