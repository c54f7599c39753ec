internal import Configuration
public import SaliencyCore

/// Finer-CAM: a class activation method that explains what tells a class from the classes most like it.
///
/// The base method with the gradients of y_c - `alpha` · mean of y_d over the `compared` classes d whose scores are nearest to y_c, which are linear in
/// the gradients of the scores.
///
/// Z. Zhang et al., "Finer-CAM: Spotting the Difference Reveals Finer Details for Visual Explanation", CVPR 2025, arXiv:2501.11309, section 3.2.
///
/// Known deviations elsewhere: pytorch-grad-cam weights the classes d by their probabilities, which it differentiates too.
///
/// - Complexity: two backward passes down to the layer.
public struct FinerCAM: SaliencyMethod {
  public static let descriptor = MethodDescriptor(
    "finer-cam", title: "Finer-CAM", family: .classActivation, paper: "Zhang 2025, arXiv:2501.11309",
    needs: "a spatial layer and two classes", reduction: .sum)

  /// The method whose weights are taken: one of the class activation methods that read gradients.
  public var base = AnyMethod(GradCAM())
  /// How much of the other classes is subtracted.
  public var alpha: Float = 1
  /// How many classes are compared.
  public var compared = 3

  public init() {}

  /// A class activation method for the target minus `alpha` times the mean of the `compared` most similar classes.
  public init(base: any ClassActivationMethod, alpha: Float = 1, compared: Int = 3) {
    (self.base, self.alpha, self.compared) = (AnyMethod(base), alpha, compared)
  }

  public func validate() throws {
    try Self.require("alpha", alpha, in: 0...100)
    try Self.require("compared", compared, in: 1...Self.largestCount)
    try Self.require(
      "base", base.method.label, base.method is any ClassActivationMethod,
      expected: "a method that weights maps by their gradients, such as grad-cam")
  }

  public func validate(for model: Model) throws {
    guard model.defaultLayer != nil else {
      throw MethodError.noLayer(method: Self.descriptor.title, model: model.name)
    }
    try checkClasses(of: model)
  }

  private func checkClasses(of model: Model) throws(MethodError) {
    guard model.classCount > 1 else {
      throw Self.unsuitable(for: model, "it has one class, which is like no other; use `grad-cam`")
    }
  }

  public func reach(in model: Model) -> Reach { .layer }

  public var expectedPasses: Passes { Passes(backward: 2) }

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    try checkClasses(of: request.model)
    let title = Self.descriptor.title
    let (activations, gradients) = try request.layerGradient(for: title)
    let layer = try request.mapLayer(for: title)
    let others = try request.pullback(to: [layer], seed: similarClasses(request))[layer]
    let finer = others.map { gradients - $0 * alpha } ?? gradients
    guard let base = base.method as? any ClassActivationMethod else {
      throw Self.unsuitable(for: request.model, "its base has no weights; use `finer-cam`")
    }
    let weights = base.weights(activations: activations, gradients: finer)
    return Attribution(activations.multiplied(broadcasting: weights).sumOverChannels().positivePart)
  }

  /// 1 / m at the m classes whose scores are nearest to the explained one.
  private func similarClasses(_ request: AttributionRequest) -> Tensor {
    let all = request.activations(at: request.explained)
    let width = all.shape.sample.count
    var seed = Tensor(repeating: 0, shape: all.shape)
    seed.withUnsafeMutableScalars { seed in
      for (n, score) in request.scores.enumerated() {
        let row = all.sample(n).scalars
        // The nearest of all is the explained class itself.
        let order = row.indices.sorted { (abs(row[$0] - score), $0) < (abs(row[$1] - score), $1) }
        let similar = order.dropFirst().prefix(compared)
        for d in similar { seed[n * width + d] = 1 / Float(similar.count) }
      }
    }
    return seed
  }
}
