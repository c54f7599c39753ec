internal import Configuration
internal import Methods
internal import SaliencyCore

/// What is timed: a forward pass, a method asked about one image, or several that share what they can.
struct TimedRow: Sendable {
  let name: String
  private let work: @Sendable (Model, Tensor) throws -> Void
  /// The only method, which must suit the model.
  private let method: (any SaliencyMethod)?

  /// The rows that are timed unless others are asked for.
  static func standard(samples: Int) -> [TimedRow] {
    let smooth = SmoothGrad(base: Gradient(), samples: samples)
    return [
      TimedRow(name: "forward") { model, image in _ = try model.scores(image) },
      TimedRow("gradient", Gradient()),
      TimedRow("guided_backprop", GuidedBackprop()),
      TimedRow("grad_cam", GradCAM()),
      TimedRow("guided_grad_cam", GuidedGradCAM()),
      TimedRow("smooth_grad", smooth),
      TimedRow(
        "six", Gradient(), GuidedBackprop(), CAM(), GradCAM(), GuidedGradCAM(), smooth),
    ]
  }

  static let standardNames = standard(samples: 1).map(\.name)

  /// A method under its own name.
  init(of method: any SaliencyMethod) { self.init(method.label, method) }

  /// Methods asked about one image and class on one tape; those that do not suit the model are left out.
  private init(_ name: String, _ methods: any SaliencyMethod...) {
    self.init(name: name, method: methods.count == 1 ? methods[0] : nil) { model, image in
      let request = try AttributionRequest(
        model, inputs: image, targets: [.index(Self.target(in: model))],
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

  /// Does the work once, from the image to the answer.
  func callAsFunction(_ model: Model, _ image: Tensor) throws { try work(model, image) }

  /// The class asked about; any will do.
  private static func target(in model: Model) -> Int { min(3, model.classCount - 1) }
}
