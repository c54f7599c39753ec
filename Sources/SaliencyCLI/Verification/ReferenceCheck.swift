internal import Methods
internal import SaliencyCore

/// One kind of result that a reference can hold: its dataset's name, how near ours must come, and how it is computed.
struct ReferenceCheck: Sendable {
  let name: String
  /// The largest relative L2 error.
  let tolerance: Double
  /// Our result, elements in the order of the reference's; or the reason why there is none.
  let compute: @Sendable (_ request: AttributionRequest, _ given: Given) throws -> Outcome
  /// How far rounding alone may move the result, where that can exceed the tolerance.
  var rounding: (@Sendable (_ request: AttributionRequest) throws -> Double)?

  enum Outcome {
    case values(Tensor)
    case unavailable(String)
  }

  /// What the reference says about how a dataset was made.
  struct Given: Sendable {
    /// The unit noise of SmoothGrad's samples, `[n, H, W, C]`.
    var noise: Tensor?
    var sigma: Float?
    var steps: Int?
  }

  /// Every dataset that is known, in the order in which they are printed.
  ///
  /// Scores and activations are held tighter, for little has been computed by then; integrated gradients and SmoothGrad
  /// looser, for they sum over inputs where single ReLUs flip on rounding.
  static let all: [ReferenceCheck] =
    [
      ReferenceCheck("logits", 1e-5) { request, _ in try request.outputs(at: request.model.score) },
      ReferenceCheck("probabilities") { request, _ in try request.classProbabilities() },
      ReferenceCheck("output") { request, _ in try request.outputs(at: request.model.output) },
      ReferenceCheck("output_gradient") { request, _ in
        try AttributionRequest(
          request.model, inputs: request.inputs, targets: request.targets.map(Target.index),
          score: .output,
          reach: .pixels
        ).inputGradient().0
      },
      method("gradient", Gradient()), method("gradient_x_input", GradientTimesInput()),
      method("guided_backprop", GuidedBackprop()),
      method("deconvnet", DeconvNet()),
      ReferenceCheck("activations", 1e-5) { request, _ in
        try request.layerGradient(for: "activations").activations
      },
      ReferenceCheck("activation_gradient") { request, _ in
        try request.layerGradient(for: "activation_gradient").gradients
      },
      method("cam", CAM()), method("gradcam", GradCAM()),
      method("gradcam_negative", GradCAM(counterfactual: true)),
      ReferenceCheck("gradcam_upsampled") { request, _ in
        let shape = request.inputs.shape
        return Resize.bilinear(
          try GradCAM().attribution(for: request).values, to: (shape[1], shape[2]))
      },
      method("guided_gradcam", GuidedGradCAM()), method("gradcam_plus_plus", GradCAMPlusPlus()),
      method("layercam", LayerCAM()), method("hirescam", HiResCAM()), xGradCAM,
      smoothGrad, integratedGradients,
    ]

  /// Datasets that take a forward pass alone.
  static let outputs = ["logits", "probabilities", "output"]

  /// Datasets that are read to compute others.
  static let auxiliary = ["input", "smoothgrad_noise"]

  private init(
    _ name: String, _ tolerance: Double = 1e-4,
    compute: @escaping @Sendable (AttributionRequest, Given) throws -> Tensor
  ) {
    self.init(name: name, tolerance: tolerance) { .values(try compute($0, $1)) }
  }

  private init(
    name: String, tolerance: Double,
    outcome: @escaping @Sendable (AttributionRequest, Given) throws -> Outcome
  ) {
    self.name = name
    self.tolerance = tolerance
    compute = outcome
  }

  private static func method(_ name: String, _ method: some SaliencyMethod) -> ReferenceCheck {
    ReferenceCheck(name: name, tolerance: 1e-4) { request, _ in
      if let reason = method.unsuitability(for: request.model) { return .unavailable(reason) }
      return .values(try method.attribution(for: request).values)
    }
  }

  private static let xGradCAM: ReferenceCheck = {
    var check = method("xgradcam", XGradCAM())
    check.rounding = { try $0.xGradCAMRounding() }
    return check
  }()

  /// The mean gradient over noisy inputs, with the reference's own noise.
  private static let smoothGrad = ReferenceCheck(name: "smoothgrad", tolerance: 1e-3) { request, given in
    guard let noise = given.noise, let sigma = given.sigma else {
      return .unavailable("wanted a dataset smoothgrad_noise beside it and an attribute sigma")
    }
    guard request.inputs.batchSize == 1, noise.shape.sample == request.inputs.shape.sample else {
      return .unavailable(
        "smoothgrad_noise has shape \(noise.shape), wanted (n, \(request.inputs.shape.sample))")
    }
    var total = Tensor(repeating: 0, shape: request.inputs.shape)
    for n in 0..<noise.batchSize {
      let noisy = request.inputs + noise.sample(n) * sigma
      total += try request.with(inputs: noisy).inputGradient().0
    }
    return .values(total * (1 / Float(noise.batchSize)))
  }

  /// Zero baseline, midpoint rule, with the reference's number of steps.
  private static let integratedGradients = ReferenceCheck(
    name: "integrated_gradients", tolerance: 1e-3
  ) { request, given in
    guard let steps = given.steps, steps > 0 else { return .unavailable("wanted an attribute steps") }
    let method = IntegratedGradients(steps: steps, baseline: .constant(0))
    return .values(try method.attribution(for: request).values)
  }
}

extension AttributionRequest {
  /// The model's output where it ends in a softmax or sigmoid, and the softmax of the scores where it does not.
  fileprivate func classProbabilities() throws -> Tensor {
    let output = try outputs(at: model.output)
    return model.output == model.score ? Softmax()([output]) : output
  }

  /// The values of a node, by a forward pass that records nothing.
  fileprivate func outputs(at node: NodeID) throws -> Tensor { try outputs(for: inputs, at: node) }
}

extension AttributionRequest {
  /// How far relative errors of 1e-6 in the layer's activations, which is what float32 leaves, may move an XGrad-CAM map.
  ///
  /// The method divides by the sum of each map. Where positive and negative activations cancel in it, their rounding
  /// decides: the weight's relative error is 1e-6 sum|A| / |sum A|.
  fileprivate func xGradCAMRounding() throws -> Double {
    let (activations, gradients) = try layerGradient(for: XGradCAM.descriptor.title)
    let weights = XGradCAM().weights(activations: activations, gradients: gradients)
    let magnitudes = activations.map { abs($0) }
    let cancellation = magnitudes.sumOverSpace() / (activations.sumOverSpace().map { abs($0) } + 1e-7)
    let uncertain = magnitudes.multiplied(broadcasting: weights.map { abs($0) } * cancellation)
    let map = activations.multiplied(broadcasting: weights).sumOverChannels().positivePart
    return 1e-6 * uncertain.sumOverChannels().norm / max(map.norm, .leastNormalMagnitude)
  }
}
