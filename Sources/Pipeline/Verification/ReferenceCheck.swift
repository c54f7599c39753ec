internal import Methods
internal import SaliencyCore

/// One kind of result that a reference can hold: its dataset, its tolerance, and how it is computed.
package struct ReferenceCheck: Sendable {
  /// The dataset: the identifier of a method, or the name of an output.
  let name: String
  /// An earlier spelling of the dataset, which is still read.
  var earlierName: String?
  /// The largest relative L2 error.
  let tolerance: Double
  /// The result, elements in the order of the reference's; or the reason why there is none.
  let compute: @Sendable (_ request: AttributionRequest, _ given: Given) throws -> Outcome
  /// The relative error that rounding alone may cause, for methods where it can exceed the tolerance.
  var rounding: (@Sendable (_ request: AttributionRequest) throws -> Double)?

  enum Outcome {
    case values(Tensor)
    case unavailable(String)
  }

  /// The attributes and datasets of the reference that say how a dataset was computed.
  struct Given: Sendable {
    /// The unit noise of SmoothGrad's samples, `[n, H, W, C]`.
    var noise: Tensor?
    var sigma: Float?
    var steps: Int?
  }

  /// Every known dataset, in the order in which they are printed.
  ///
  /// The tolerance of logits and activations is smaller, because few operations come before them. That of integrated gradients
  /// and SmoothGrad is larger, because single ReLUs flip on rounding at some of their inputs.
  static let all: [ReferenceCheck] =
    [
      ReferenceCheck("logits", 1e-5) { request, _ in try request.outputs(at: request.model.score) },
      ReferenceCheck("probabilities") { request, _ in try request.classProbabilities() },
      ReferenceCheck("output") { request, _ in try request.outputs(at: request.model.output) },
      ReferenceCheck("output-gradient", earlier: "output_gradient") { request, _ in
        try AttributionRequest(
          request.model, inputs: request.inputs, targets: request.targets.map(\.target),
          score: .output,
          reach: .pixels
        ).inputGradient().0
      },
      method("gradient", Gradient()),
      method("gradient-x-input", earlier: "gradient_x_input", GradientTimesInput()),
      method("guided-backprop", earlier: "guided_backprop", GuidedBackprop()),
      method("deconvnet", DeconvNet()),
      ReferenceCheck("activations", 1e-5) { request, _ in
        try request.layerGradient(for: "activations").activations
      },
      ReferenceCheck("activation-gradient", earlier: "activation_gradient") { request, _ in
        try request.layerGradient(for: "activation-gradient").gradients
      },
      method("cam", CAM()), method("grad-cam", earlier: "gradcam", GradCAM()),
      method("grad-cam-negative", earlier: "gradcam_negative", GradCAM(counterfactual: true)),
      ReferenceCheck("grad-cam-upsampled", earlier: "gradcam_upsampled") { request, _ in
        let shape = request.inputs.shape
        return Resize.bilinear(
          try GradCAM().attribution(for: request).values, to: (shape[1], shape[2]))
      },
      method("guided-grad-cam", earlier: "guided_gradcam", GuidedGradCAM()),
      method("grad-cam++", earlier: "gradcam_plus_plus", GradCAMPlusPlus()),
      method("layer-cam", earlier: "layercam", LayerCAM()),
      method("hires-cam", earlier: "hirescam", HiResCAM()), xGradCAM,
      smoothGrad, integratedGradients,
    ]

  /// Datasets that take a forward pass alone.
  static let outputs = ["logits", "probabilities", "output"]

  /// The names of the noise of SmoothGrad's samples: today's, then the earlier one.
  static let noise = ["smooth-grad-noise", "smoothgrad_noise"]

  /// Datasets that are read to compute others.
  static let auxiliary = ["input"] + noise

  /// The dataset's names in a file: today's, then the earlier one.
  var names: [String] { [name] + [earlierName].compactMap(\.self) }

  /// The name of every known dataset.
  package static let knownNames = all.map(\.name)

  /// The name of a known dataset, given in either spelling; nil if it is none.
  package static func currentName(of name: String) -> String? {
    all.first { $0.names.contains(name) }?.name
  }

  private init(
    _ name: String, earlier: String? = nil, _ tolerance: Double = 1e-4,
    compute: @escaping @Sendable (AttributionRequest, Given) throws -> Tensor
  ) {
    self.init(name: name, earlier: earlier, tolerance: tolerance) { .values(try compute($0, $1)) }
  }

  private init(
    name: String, earlier: String? = nil, tolerance: Double,
    outcome: @escaping @Sendable (AttributionRequest, Given) throws -> Outcome
  ) {
    self.name = name
    earlierName = earlier
    self.tolerance = tolerance
    compute = outcome
  }

  private static func method(
    _ name: String, earlier: String? = nil, _ method: some SaliencyMethod
  ) -> ReferenceCheck {
    ReferenceCheck(name: name, earlier: earlier, tolerance: 1e-4) { request, _ in
      if let reason = method.unsuitability(for: request.model) { return .unavailable(reason) }
      return .values(try method.attribution(for: request).values)
    }
  }

  private static let xGradCAM: ReferenceCheck = {
    var check = method("xgrad-cam", earlier: "xgradcam", XGradCAM())
    check.rounding = { try $0.xGradCAMRounding() }
    return check
  }()

  /// The mean gradient over noisy inputs, with the reference's own noise.
  private static let smoothGrad = ReferenceCheck(
    name: "smooth-grad", earlier: "smoothgrad", tolerance: 1e-3
  ) { request, given in
    guard let samples = given.noise, let sigma = given.sigma else {
      return .unavailable("wanted a dataset \(noise[0]) beside it and an attribute sigma")
    }
    guard request.inputs.batchSize == 1, samples.shape.sample == request.inputs.shape.sample else {
      return .unavailable(
        "\(noise[0]) has shape \(samples.shape), wanted (n, \(request.inputs.shape.sample))")
    }
    var total = Tensor(repeating: 0, shape: request.inputs.shape)
    for n in 0..<samples.batchSize {
      let noisy = request.inputs + samples.sample(n) * sigma
      total += try request.with(inputs: noisy).inputGradient().0
    }
    return .values(total * (1 / Float(samples.batchSize)))
  }

  /// Zero baseline, midpoint rule, with the reference's number of steps.
  private static let integratedGradients = ReferenceCheck(
    name: "integrated-gradients", earlier: "integrated_gradients", tolerance: 1e-3
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
