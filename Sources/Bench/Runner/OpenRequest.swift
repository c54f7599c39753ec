internal import Foundation
internal import Imaging
internal import Metrics
internal import SaliencyCore
internal import Synchronization

/// A request that is being worked on: the image in memory, and the forward pass that all methods share.
final class OpenRequest: Sendable {
  let place: RequestPlace
  let asked: RequestRecord.Asked
  let model: BenchModel
  let input: Tensor
  let annotations: Annotations?
  private let target: ResolvedTarget
  /// What is asked, wherever: the model, the pixels, what is annotated, the class.
  let content: Digest
  /// What the plan's methods read of a forward pass.
  private let reach: Reach
  private let variants = Mutex<[String: Variant]>([:])

  /// The request as asked with a layer and a score, and what its metrics have in common.
  struct Variant: Sendable {
    let request: AttributionRequest
    let shared: SharedWork
  }

  private init(
    place: RequestPlace, asked: RequestRecord.Asked, model: BenchModel, request: AttributionRequest,
    annotations: Annotations?
  ) {
    self.place = place
    self.asked = asked
    self.model = model
    self.annotations = annotations
    input = request.inputs
    target = request.targets[0]
    reach = request.reach
    content = Self.content(asked, of: model)
    let first = Variant(request: request, shared: SharedWork())
    variants.withLock { $0[Self.key(layer: model.layer, score: nil)] = first }
  }

  /// A digest that is equal for the same request at several places.
  static func content(_ asked: RequestRecord.Asked, of model: BenchModel) -> Digest {
    Digest { feed in
      feed.add("request")
      feed.add(model.fingerprint)
      feed.add(asked.pixels)
      feed.add(asked.annotations)
      asked.addTarget(to: &feed)
    }
  }

  private static func key(layer: String?, score: ScoreKind?) -> String {
    "\(layer ?? "") \((score ?? .preSoftmax).rawValue)"
  }

  /// The request with a layer and a score of a method's own, made on first use.
  func variant(layer: String?, score: ScoreKind?) throws -> Variant {
    let key = Self.key(layer: layer, score: score)
    if let found = variants.withLock({ $0[key] }) { return found }
    let made = Variant(request: try askedAnew(layer: layer, score: score), shared: SharedWork())
    return variants.withLock { kept in
      if let found = kept[key] { return found }
      kept[key] = made
      return made
    }
  }

  /// The request with a forward pass of its own.
  func askedAnew(layer: String?, score: ScoreKind?) throws -> AttributionRequest {
    try AttributionRequest(
      model.model, inputs: input, targets: [target.target], layer: layer,
      score: score ?? .preSoftmax, reach: reach)
  }

  /// What came of opening a request.
  enum Opening: Sendable {
    case open(OpenRequest, picture: Image)
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
      let picture = try image.picture()
      let input = try model.transform(picture)
      let annotations = try image.annotations(for: picture, seenThrough: model.transform, classes: classes)
      let request = try AttributionRequest(
        model.model, inputs: input, targets: [target], layer: model.layer,
        reach: plan.methods.map(\.choice.method).reach(in: model.model))
      let explained = request.targets[0]
      let name = model.name(of: explained)
      let probability = request.measuredProbability
      guard probability?.isFinite ?? true else {
        return .closed(
          .failed(
            "the model's output for class \"\(name)\" is \(probability ?? .nan); the input or the weights may hold "
              + "NaN or infinity"))
      }
      let asked = RequestRecord.Asked(
        classIndex: explained.classIndex, className: name, probability: probability,
        pixels: Digest { $0.add(input) },
        annotations: annotations.digest)
      let open = OpenRequest(
        place: place, asked: asked, model: model, request: request, annotations: annotations)
      return .open(open, picture: try model.transform.picture(of: input))
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

extension Annotations? {
  /// A digest of everything that is annotated.
  var digest: Digest {
    guard let self else { return Digest(of: "no annotations") }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let data = (try? encoder.encode(self)) ?? Data()
    return Digest {
      $0.add("annotations")
      $0.add(data)
    }
  }
}
