import Foundation
import Methods
import ModelLibrary
import SaliencyCore
import Testing

@testable import Bench
@testable import Metrics

/// Settings, variations and measures on the smallest bundled model.
@Suite struct FigureContextTests {
  private let context: FigureContext
  private let base: Setting

  init() throws {
    let images = try ImageSet([ImageSource(.bundled("scenes-test"), range: 0..<12)], folder: "", seed: 0)
      .images
    context = FigureContext(images: images, seed: 0)
    base = Setting(model: ModelChoice("scenes-gap"))
  }

  private func map(_ method: any SaliencyMethod, _ change: (inout Setting) -> Void = { _ in }) throws
    -> FigureMap
  {
    var setting = base
    setting.method = MethodChoice(method)
    setting.image = "one-002"
    change(&setting)
    return try context.map(of: setting)
  }

  @Test func theInnermostSaysWhatIsMeant() {
    let outer = Setting(image: "a", layer: "x", threshold: 0.2)
    let inner = Setting(image: "b", layer: nil, threshold: nil)
    let both = inner.withDefaults(outer)
    #expect(both.image == "b" && both.layer == "x" && both.threshold == 0.2)
  }

  @Test func imagesByNameAndPattern() throws {
    #expect(try context.images(matching: ["one-00*"]).count == 10)
    #expect(
      try context.images(matching: ["one-003", "images/one-001.png"]).map(\.shortName) == [
        "one-003", "one-001",
      ])
    #expect { try context.images(matching: ["one-03"]) } throws: { error in
      "\(error)".hasPrefix("no image is called \"one-03\"; did you mean \"one-003\"")
    }
  }

  @Test func severalValuesMakeSeveralRows() throws {
    var variation = Variation()
    variation.axes = [
      .images(["one-000", "one-001"]), .methods([MethodChoice(Gradient()), MethodChoice(GradCAM())]),
    ]
    let variants = try variation.variants(in: context, base: base)
    #expect(
      variants.map(\.setting.image) == [
        "images/one-000.png", "images/one-000.png", "images/one-001.png", "images/one-001.png",
      ])
    #expect(variants.map(\.title) == ["Gradient", "Grad-CAM", "Gradient", "Grad-CAM"])
  }

  @Test func layersAreThoseOfTheModel() throws {
    var variation = Variation()
    variation.axes = [.layers(.convolutional)]
    #expect(try variation.variants(in: context, base: base).map(\.title) == (1...6).map { "relu\($0)" })
    variation.most = 3
    #expect(try variation.variants(in: context, base: base).map(\.title) == ["relu1", "relu3", "relu6"])
  }

  @Test func randomisationGoesDownFromTheScores() throws {
    var variation = Variation()
    variation.axes = [.cascading]
    variation.most = 2
    let cascade = try variation.variants(in: context, base: base)
    #expect(cascade.map(\.title) == ["trained", "predictions", "conv1"])
    #expect(cascade.map { $0.setting.randomised?.count } == [0, 1, 13])
    variation.axes = [.independent]
    #expect(
      try variation.variants(in: context, base: base).map { $0.setting.randomised?.count } == [0, 1, 1])
  }

  @Test func aRandomModelExplainsTheTrainedOnesClass() throws {
    let trained = try map(Gradient())
    let random = try map(Gradient()) { $0.randomised = ["predictions"] }
    #expect(trained.request.resolved.classIndex == random.request.resolved.classIndex)
    #expect(trained.map != random.map)
  }

  @Test func camIsGradCAMTimesTheNumberOfPlaces() throws {
    let (cam, gradCAM) = (try map(CAM()), try map(GradCAM()))
    let difference = try Measure.difference.value(of: gradCAM, against: cam).number
    #expect(try #require(difference) < 1e-5)
    let ratio = try Measure.ratio.value(of: gradCAM, against: cam).number
    #expect(abs(try #require(ratio) - 144) < 1e-3)
  }

  @Test func measuresOfOneMap() throws {
    var setting = base
    (setting.method, setting.image, setting.target) = (MethodChoice(GradCAM()), "one-002", .truth)
    let map = try context.map(of: setting)
    let mass = try context.value(Measure("relevance-mass", metrics: .standard), of: setting).number
    let area = Measure.area.value(of: map.request)?.number
    #expect(try #require(mass) > 3 * #require(area), "the map is on the object")
    #expect(Measure.className.value(of: map.request) == .word("striped square"))
    #expect(try Measure.shift.value(of: map, against: map).number == 0)
    #expect(try Measure.overlap.value(of: map, against: map).number == 1)
  }

  @Test func numbersAboutAnotherThing() throws {
    let tagged = try ImageSet([ImageSource(.bundled("scenes-hans"))], folder: "", seed: 0).images
    let context = FigureContext(images: tagged, seed: 0)
    var setting = Setting(
      model: ModelChoice("scenes-hans"), image: "tagged-03", target: .label("spotted star"))
    setting.object = "tag"
    let area = try Measure.area.value(of: context.request(of: setting))?.number
    #expect(abs(try #require(area) - 0.011) < 0.005, "the tag is a hundredth of the image")
  }

  /// In a scene with two objects, "others" is the one that is not explained.
  @Test func numbersAboutTheOtherObject() throws {
    let all = try ImageSet([ImageSource(.bundled("scenes-test"))], folder: "", seed: 0).images
    let context = FigureContext(images: all, seed: 0)
    func area(_ target: TargetChoice, _ object: String?) throws -> Double {
      var setting = Setting(model: ModelChoice("scenes-gap"), image: "two-050", target: target)
      setting.object = object
      return try #require(Measure.area.value(of: context.request(of: setting))?.number)
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
      try variation.variants(in: context, base: base).map(\.setting.image)
        == [0, 3, 6, 9].map {
          "images/one-00\($0).png"
        })
  }

  @Test func classesInPlaceOfThoseNamed() throws {
    let given = Substitution(targets: [.label("striped disc"), .index(3)])
    #expect(given.targets(inPlaceOf: [.top]) == [.label("striped disc")])
    #expect(given.targets(inPlaceOf: [.top, .rank(2)]) == [.label("striped disc"), .index(3)])
    #expect(given.withTarget(Setting(target: .truth)).target == .label("striped disc"))
    #expect(Substitution().targets(inPlaceOf: [.top]) == [.top])
    #expect(Substitution().withTarget(Setting(target: .truth)).target == .truth)
  }

  @Test func theLeastLikelyClass() throws {
    var setting = base
    (setting.image, setting.target) = ("one-002", TargetChoice(parsing: "least"))
    #expect(setting.target?.description == "least")
    let request = try context.request(of: setting)
    let all = try request.variant(layer: nil, score: nil).request
    #expect(request.probability == all.activations(at: all.model.output).scalars.min().map(Double.init))
  }

  @Test func oneModelInPlaceOfTwoIsNoComparison() {
    let substitution = Substitution(model: .init("scenes-vgg"))
    let context = FigureContext(images: context.images, seed: 0, substitution: substitution)
    var setting = Setting(model: ModelChoice("scenes-random"))
    setting.against = [Setting(model: ModelChoice("scenes-gap"))]
    #expect(throws: SettingError("it compares models with one another, and one was given in place of all")) {
      try context.compared(context.substituted(setting))
    }
  }
}
