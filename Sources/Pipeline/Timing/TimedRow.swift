internal import Configuration
internal import Methods
public import SaliencyCore

/// Work to be timed: a forward pass, or one or several methods for one image with one forward pass.
public struct TimedRow: Sendable {
  /// The name of the row.
  public let name: String
  private let work: @Sendable (Model, Tensor) throws -> Void
  /// The only method of the row; nil if it has none or several.
  private let method: (any SaliencyMethod)?

  /// The rows that are timed by default.
  ///
  /// - Parameter samples: The number of SmoothGrad's samples.
  public static func standard(samples: Int) -> [TimedRow] {
    let smooth = SmoothGrad(base: Gradient(), samples: samples)
    return [
      TimedRow(name: "forward") { model, image in _ = try model.scores(image) },
      TimedRow("gradient", Gradient()),
      TimedRow("guided-backprop", GuidedBackprop()),
      TimedRow("grad-cam", GradCAM()),
      TimedRow("guided-grad-cam", GuidedGradCAM()),
      TimedRow("smooth-grad", smooth),
      TimedRow(
        "six", Gradient(), GuidedBackprop(), CAM(), GradCAM(), GuidedGradCAM(), smooth),
    ]
  }

  /// The names of the rows that are timed by default.
  public static let standardNames = standard(samples: 1).map(\.name)

  /// A row of one method, named after it.
  public init(of method: any SaliencyMethod) { self.init(method.label, method) }

  /// Methods for one image and class with one forward pass, without those that do not suit the model.
  private init(_ name: String, _ methods: any SaliencyMethod...) {
    self.init(name: name, method: methods.count == 1 ? methods[0] : nil) { model, image in
      let request = try AttributionRequest(
        model, inputs: image, targets: [Self.target(in: model)],
        reach: methods.reach(in: model))
      for method in methods where method.isSuitable(for: model) {
        _ = try method.attribution(for: request)
      }
    }
  }

  private init(
    name: String, method: (any SaliencyMethod)? = nil,
    work: @escaping @Sendable (Model, Tensor) throws -> Void
  ) {
    self.name = name
    self.method = method
    self.work = work
  }

  /// Whether the row can be timed with a model.
  func isSuitable(for model: Model) -> Bool { method?.isSuitable(for: model) ?? true }

  /// Does the work once, from the image to the maps.
  func callAsFunction(_ model: Model, _ image: Tensor) throws { try work(model, image) }

  /// The target.
  ///
  /// Times do not depend on it.
  private static func target(in model: Model) -> SaliencyCore.Target { model.anyTarget }
}
