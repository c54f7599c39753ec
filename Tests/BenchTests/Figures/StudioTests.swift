import Foundation
import Methods
import ModelLibrary
import SaliencyCore
import Testing

@testable import Bench
@testable import Metrics

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
    #expect(trained.request.target == random.request.target)
    #expect(trained.map != random.map)
  }

  @Test func camIsGradCAMTimesTheNumberOfPlaces() throws {
    let (cam, gradCAM) = (try answer(CAM()), try answer(GradCAM()))
    let difference = try Measure.difference(gradCAM.request, gradCAM, against: cam).number
    #expect(try #require(difference) < 1e-5)
    let ratio = try Measure.ratio(gradCAM.request, gradCAM, against: cam).number
    #expect(abs(try #require(ratio) - 144) < 1e-3)
  }

  @Test func measuresOfOneMap() throws {
    let map = try answer(GradCAM()) { $0.target = .truth }
    let mass = try Measure("relevance-mass", metrics: .standard)(map.request, map, against: nil).number
    let area = try Measure.area(map.request, nil, against: nil).number
    #expect(try #require(mass) > 3 * #require(area), "the map is on the object")
    #expect(try Measure.className(map.request, nil, against: nil) == .word("striped square"))
    #expect(try Measure.shift(map.request, map, against: map).number == 0)
    #expect(try Measure.overlap(map.request, map, against: map).number == 1)
  }

  @Test func numbersAboutAnotherThing() throws {
    let tagged = try ImageSet([ImageSource(.bundled("scenes-hans"))], folder: "", seed: 0).images
    let studio = Studio(images: tagged, seed: 0)
    var setting = Setting(
      model: ModelChoice("scenes-hans"), image: "tagged-03", target: .label("spotted star"))
    setting.object = "tag"
    let area = try Measure.area(studio.request(of: setting), nil, against: nil).number
    #expect(abs(try #require(area) - 0.011) < 0.005, "the tag is a hundredth of the picture")
  }

  /// In a scene with two objects, "others" is the one that was not asked about.
  @Test func numbersAboutTheOtherObject() throws {
    let all = try ImageSet([ImageSource(.bundled("scenes-test"))], folder: "", seed: 0).images
    let studio = Studio(images: all, seed: 0)
    func area(_ target: TargetChoice, _ object: String?) throws -> Double {
      var setting = Setting(model: ModelChoice("scenes-gap"), image: "two-050", target: target)
      setting.object = object
      return try #require(Measure.area(studio.request(of: setting), nil, against: nil).number)
    }
    let (square, triangle) = (try area(.top, nil), try area(.rank(2), nil))
    #expect(square != triangle)
    #expect(try area(.top, "others") == triangle)
    #expect(try area(.rank(2), "others") == square)
  }

  /// A label stands for the method, not for its parameters: swept, they make different maps.
  @Test func aSweepBelowOneLabel() throws {
    let keys = [1, 5].map { samples in
      Setting(method: MethodChoice(SmoothGrad(base: Gradient(), samples: samples), label: "SmoothGrad"))
        .mapKey
    }
    #expect(keys[0] != keys[1])
    let labels = ["a", "b"].map { Setting(method: MethodChoice(Gradient(), label: $0)).mapKey }
    #expect(labels[0] == labels[1])
  }

  @Test func noMoreImagesThanAreWanted() throws {
    var variation = Variation()
    variation.axes = [.images(["one-00*"])]
    variation.most = 4
    #expect(
      try variation.variants(in: studio, base: base).map(\.setting.image)
        == [0, 3, 6, 9].map {
          "images/one-00\($0).png"
        })
  }

  @Test func classesInPlaceOfThoseNamed() throws {
    let given = Substitution(targets: [.label("striped disc"), .index(3)])
    #expect(given.targets(inPlaceOf: [.top]) == [.label("striped disc")])
    #expect(given.targets(inPlaceOf: [.top, .rank(2)]) == [.label("striped disc"), .index(3)])
    #expect(given.asked(Setting(target: .truth)).target == .label("striped disc"))
    #expect(Substitution().targets(inPlaceOf: [.top]) == [.top])
    #expect(Substitution().asked(Setting(target: .truth)).target == .truth)
  }

  @Test func theLeastLikelyClass() throws {
    var setting = base
    (setting.image, setting.target) = ("one-002", TargetChoice(parsing: "least"))
    #expect(setting.target?.description == "least")
    let request = try studio.request(of: setting)
    #expect(request.probability == request.request.probabilities?.min())
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
