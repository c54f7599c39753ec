internal import Imaging
internal import SaliencyCore

/// An open request of a benchmark, with its place in the plan.
struct PlacedRequest: Sendable {
  let place: RequestPlace
  let open: OpenRequest

  /// The result of opening a request.
  enum Opening: Sendable {
    case open(PlacedRequest, image: Image)
    case closed(RequestRecord.State)
  }

  /// Reads the image and finds the class.
  static func open(_ place: RequestPlace, of plan: WorkPlan, model: BenchModel) -> Opening {
    let image = plan.images[place.image]
    do {
      let classes = image.classNames.indices(in: model.model)
      let target: Target
      switch try Self.target(of: place, in: plan, image: image, model: model.model, classes: classes) {
      case .found(let found): target = found
      case .none(let reason): return .closed(.skipped(reason))
      }
      let pixels = try image.picture()
      let input = try model.transform(pixels)
      let annotations = try image.annotations(for: pixels, seenThrough: model.transform, classes: classes)
      let reach = plan.methods.map(\.choice.method).reach(in: model.model)
      let request = try AttributionRequest(
        model.model, inputs: input, targets: [target], layer: model.layer, reach: reach)
      let resolved = RequestRecord.Resolved(request, of: model, annotations: annotations)
      guard resolved.probability?.isFinite ?? true else {
        return .closed(
          .failed(
            "the model's output for class \"\(resolved.className)\" is \(resolved.probability ?? .nan); the input or the "
              + "weights may hold NaN or infinity"))
      }
      let open = OpenRequest(
        image, model: model, input: input, annotations: annotations, target: request.targets[0].target,
        resolved: resolved, reach: reach, first: request)
      return .open(
        PlacedRequest(place: place, open: open), image: try model.transform.picture(of: input))
    } catch {
      return .closed(.failed("\(error)"))
    }
  }

  private enum FoundTarget {
    case found(Target)
    case none(reason: String)
  }

  private static func target(
    of place: RequestPlace, in plan: WorkPlan, image: DatasetImage, model: Model, classes: [String: Int]
  ) throws -> FoundTarget {
    let (choice, label) = plan.target(of: place)
    if let target = try choice.target(labels: model.labels) {
      do {
        try target.check(in: model)
      } catch {
        if case .ambiguousLabel = error { throw error }
        return .none(reason: "\(error)")
      }
      return .found(target)
    }
    guard let label = label ?? image.truth else {
      return .none(
        reason: choice == .truth && image.annotatedLabels.count > 1
          ? "the image has objects of \(image.annotatedLabels.count) classes, so there is no one true class"
          : "the data set says no class of the image")
    }
    guard let index = classes[label] else { return .none(reason: "the model has no class \"\(label)\"") }
    return .found(try choice.target(labels: model.labels, truth: index))
  }
}
