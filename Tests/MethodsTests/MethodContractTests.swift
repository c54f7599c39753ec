import Methods
import TestSupport
import Testing

@testable import Configuration
@testable import SaliencyCore

/// What holds for every method of the catalog: shape, finiteness, determinism, batches, passes, words.
@Suite struct MethodContractTests {
  /// Few samples and steps, so that the suite stays quick.
  static let methods: [any SaliencyMethod] = MethodCatalog.standard.identifiers.compactMap { name in
    try? MethodCatalog.standard.parse(name + (small[name] ?? ""))
  }

  /// Parameters of the methods that take many passes.
  static let small = [
    "smooth-grad": "(samples=3)", "integrated-gradients": "(steps=4)", "expected-gradients": "(samples=6)",
    "blur-ig": "(steps=3, maxSigma=2)", "guided-ig": "(steps=3)",
    "xrai": "(steps=2, minPixels=1, dilation=0, scales=[50])", "occlusion": "(size=3, stride=2)",
    "rise": "(masks=12, cells=3)", "feature-ablation": "(segmentation=grid, segments=6)",
    "kernel-shap": "(segmentation=grid, segments=16, samples=40)",
    "shapley-sampling": "(segmentation=grid, segments=16, orders=2)",
    "lime": "(segmentation=grid, segments=9, samples=30)", "ss-cam": "(samples=2)", "is-cam": "(samples=2)",
    "opti-cam": "(steps=3)", "fem": "(deviations=1)", "sobol": "(grid=2, designs=4)",
    "hsic": "(grid=2, samples=12)", "meaningful-perturbation": "(steps=3, cell=2, jitter=1)",
    "extremal-perturbation": "(steps=3, cell=2, sigma=3, rate=0.001)",
  ]

  /// Methods that do not look at the class.
  static let classless: Set = ["eigen-cam", "fem"]

  /// Methods whose passes compute a part of the network.
  static let partial: Set = ["ablation-cam", "recipro-cam", "occlusion"]

  static let networks = ["gap", "vgg", "mixed"]

  static func network(_ name: String) throws -> Model {
    switch name {
    case "gap": try TinyNetworks.gap()
    case "vgg": try TinyNetworks.vgg()
    default: try TinyNetworks.mixed()
    }
  }

  private func request(_ model: Model, count: Int = 3, score: ScoreKind = .preSoftmax) throws
    -> AttributionRequest
  {
    let targets = (0..<count).map { Target.rank($0 % 2 + 1) }
    let images = TinyNetworks.images(for: model, count: count)
    return try AttributionRequest(model, inputs: images, targets: targets, score: score)
  }

  @Test func theCatalogHoldsEveryMethodOnce() {
    #expect(Self.methods.count == MethodCatalog.standard.types.count)
    #expect(MethodCatalog.comparedByDefault.allSatisfy(MethodCatalog.standard.identifiers.contains))
    #expect(Set(MethodCatalog.comparedByDefault).count == 6)
  }

  @Test func everyMethodSaysWhatItIs() {
    for descriptor in MethodCatalog.standard.descriptors {
      #expect(!descriptor.title.isEmpty)
      #expect(
        descriptor.paper.contains("arXiv:") || descriptor.paper.contains("doi:"), "\(descriptor.identifier)")
      #expect(descriptor.identifier == descriptor.identifier.lowercased())
    }
  }

  @Test func everyMethodCanBeWrittenAndReadBack() throws {
    for method in Self.methods {
      #expect(try MethodCatalog.standard.parse(method.label).canonicalJSON == method.canonicalJSON)
      #expect(try MethodCatalog.standard.make(method.configuration).canonicalJSON == method.canonicalJSON)
    }
  }

  /// What a method says of its reach is true: it finds what the request kept for it, and the same answer.
  @Test(arguments: methods.indices, networks)
  func noMethodLooksFurtherThanItSays(_ index: Int, _ network: String) throws {
    let (method, model) = (Self.methods[index], try Self.network(network))
    guard method.isSuitable(for: model) else { return }
    let images = TinyNetworks.images(for: model, count: 2)
    let near = try AttributionRequest(
      model, inputs: images, targets: [.index(1)], reach: method.reach(in: model))
    let answer = try method.attribution(for: near).values
    #expect(!near.tape.hasRecomputed)
    for reach in [Reach.layer, .pixels, .values] {
      let other = try AttributionRequest(model, inputs: images, targets: [.index(1)], reach: reach)
      #expect(try method.attribution(for: other).values.isIdentical(to: answer), "\(reach)")
    }
  }

  @Test func aWrapperReachesAsFarAsItsMethod() throws {
    let model = try TinyNetworks.gap()
    #expect(GradCAM().reach(in: model) == .layer && CAM().reach(in: model) == .layer)
    #expect(SmoothGrad(base: GradCAM()).reach(in: model) == .layer)
    #expect(SmoothGrad().reach(in: model) == .pixels)
  }

  /// A method either answers, or says beforehand in words that it will not.
  @Test(arguments: methods.indices, networks)
  func everyAnswerIsWellFormed(_ index: Int, _ network: String) throws {
    let (method, model) = (Self.methods[index], try Self.network(network))
    let request = try request(model)
    if let mismatch = method.unsuitability(for: model) {
      #expect(mismatch.contains("use `"), "\(mismatch)")
      #expect(throws: (any Error).self) { try method.attribution(for: request) }
      return
    }
    let answer = try method.attribution(for: request)
    let shape = answer.values.shape
    let layer = try #require(request.layer)
    let (input, maps) = (model.inputShape, model.graph[layer].shape)
    let resolutions: [Shape] = [
      input.batched(3), [3, input[0], input[1], 1], [3, maps[0], maps[1], 1],
    ]
    // Perturbations of the cells of a grid have a resolution of their own.
    let isGrid = type(of: method).descriptor.family == .perturbation && shape[0] == 3 && shape[3] == 1
    #expect(resolutions.contains(shape) || isGrid, "\(shape)")
    #expect(answer.values.isFinite)
    for n in 0..<3 {
      let map = SaliencyMap(answer, sample: n, reduction: method.reduction)
      #expect(map.defect == nil, "image \(n): \(String(describing: map.defect))")
    }
  }

  @Test(arguments: methods.indices, networks)
  func theAnswerIsTheSameTwiceAndForSingles(_ index: Int, _ network: String) throws {
    let (method, model) = (Self.methods[index], try Self.network(network))
    guard method.isSuitable(for: model) else { return }
    let request = try request(model)
    let answer = try method.attribution(for: request)
    #expect(try method.attribution(for: request).values.isIdentical(to: answer.values))
    for n in 0..<3 {
      let single = try AttributionRequest(
        model, inputs: request.inputs.sample(n), targets: [request.targets[n].target])
      let alone = try method.attribution(for: single)
      #expect(alone.values.isIdentical(to: answer.values.sample(n)), "image \(n)")
      #expect(alone.matched == answer.matched)
      #expect(alone.completenessGap?[0] == answer.completenessGap?[n])
    }
  }

  /// Every kind of target, and every profile's parameters: a batch is its singles.
  @Test(arguments: ConventionProfile.all.map(\.name))
  func batchesAreSinglesForEveryTargetAndProfile(_ name: String) throws {
    let catalog = try ConventionProfile.named(name).applied(to: .standard)
    let targets: [Target] = [
      .difference(.index(0), .rank(2)), .negativeLogProbability(.index(1)), .probability(.top),
    ]
    let model = try TinyNetworks.gap()
    let images = TinyNetworks.images(for: model, count: 2)
    for method in Self.methods {
      let text =
        switch type(of: method).identifier {
        case "smooth-grad": "smooth-grad(samples=3)"
        case "integrated-gradients": "integrated-gradients(steps=4)"
        default: method.label
        }
      let method = try catalog.parse(text)
      for target in targets {
        do {
          let batch = try method.attribution(
            for: AttributionRequest(model, inputs: images, targets: [target]))
          for n in 0..<2 {
            let single = try AttributionRequest(model, inputs: images.sample(n), targets: [target])
            let alone = try method.attribution(for: single)
            #expect(
              alone.values.isIdentical(to: batch.values.sample(n)), "\(method.label), \(target.text)")
          }
        } catch MethodError.unsuitable {}
      }
    }
  }

  /// How many samples go through the network at once decides about memory, never about the answer.
  @Test func theMicroBatchDoesNotMatter() throws {
    for method in Self.methods {
      var model = try TinyNetworks.gap()
      let answer = try method.attribution(for: request(model)).values
      model.batchLimit = 2
      #expect(model.microBatch == 2)
      let small = try method.attribution(for: request(model)).values
      #expect(small.isIdentical(to: answer), "\(method.label)")
    }
  }

  @Test(arguments: methods.indices) func passesAreCountedAsDeclared(_ index: Int) throws {
    let method = Self.methods[index]
    let request = try request(try TinyNetworks.gap()).metered()
    _ = try method.attribution(for: request)
    let each = method.expectedPasses(for: request.model)
    #expect(request.passes == Passes(forward: 3 * each.forward, backward: 3 * each.backward))
  }

  /// Asked about the output, every method answers about the output (or refuses in words).
  @Test(arguments: methods.indices)
  func theOutputCanBeExplained(_ index: Int) throws {
    let method = Self.methods[index]
    let model = try TinyNetworks.gap()
    let output = try request(model, score: .output)
    if method is CAM {
      #expect(throws: MethodError.self) { try method.attribution(for: output) }
      return
    }
    let answer = try method.attribution(for: output)
    #expect(answer.values.isFinite)
    if Self.classless.contains(type(of: method).identifier) { return }
    #expect(answer.values != (try method.attribution(for: request(model)).values))
  }

  /// Methods change nothing: asked at the same time about one request, they answer as one after the other.
  @Test func methodsShareATapeInParallel() async throws {
    let request = try request(try TinyNetworks.gap())
    let alone = try Self.methods.map { try $0.attribution(for: request).values }
    let together = try await withThrowingTaskGroup(of: (Int, Tensor).self) { group in
      for (index, method) in Self.methods.enumerated() {
        group.addTask { (index, try method.attribution(for: request).values) }
      }
      return try await group.reduce(into: [Int: Tensor]()) { $0[$1.0] = $1.1 }
    }
    for (index, values) in alone.enumerated() {
      #expect(together[index].map { $0.isIdentical(to: values) } == true, "\(Self.methods[index].label)")
    }
  }
}
