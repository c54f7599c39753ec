internal import Foundation
internal import Metrics
internal import SaliencyCore

/// The place of a request in an experiment: its model, image, and target as written.
///
/// It is known before anything is computed, and is the same in every process.
public struct RequestPlace: Sendable, Hashable {
  /// The model's place in the experiment.
  public var model: Int
  /// The image's place in the experiment.
  public var image: Int
  /// The choice of target, and for `annotated` the class: `top`, `truth`, `annotated:zebra`.
  public var target: String

  public init(model: Int, image: Int, target: String) {
    self.model = model
    self.image = image
    self.target = target
  }
}

/// The result of opening a request.
struct RequestRecord: Sendable, Equatable {
  var place: RequestPlace
  /// Size and time of the image's file: if these change, the request is computed again.
  var stamp: String
  var state: State

  enum State: Sendable, Equatable {
    case resolved(Resolved)
    /// It is skipped, for a reason: the dataset gives no class.
    case skipped(String)
    /// The image could not be read, the class not be found.
    case failed(String)
  }

  struct Resolved: Sendable, Equatable {
    /// nil if the target is not one class.
    var classIndex: Int?
    /// The label of the class, or a function of classes as it is written: `difference(boxer, tiger cat)`.
    var className: String
    /// As metrics measure it; nil if the model's output is a single bare number, or the target is not one class.
    var probability: Double?
    /// The digest of the network's input.
    var pixels: Digest
    /// The digest of the annotations.
    var annotations: Digest
  }
}

extension RequestRecord.Resolved {
  /// The class, if the target is one class and no function of it.
  var plainClass: Int? { Target.isFunction(className) ? nil : classIndex }

  /// Adds what is explained to a digest: the index of a class, or a function of classes as it is written.
  func addTarget(to feed: inout Digest.Feed) {
    guard let plainClass else {
      feed.add("target")
      feed.add(className)
      return
    }
    feed.add(count: plainClass)
  }
}

/// How a piece of work ended.
enum Outcome: Int, Sendable, Codable {
  case done = 0
  /// Not applicable, for a reason.
  case notApplicable = 1
  case failed = 2
}

/// The result of a method for one request, with its metric values: written in one transaction.
struct UnitResult: Sendable {
  var key: Digest
  var outcome: Outcome
  var reason: String?
  var passes = Passes()
  var matched: Int?
  /// The map's defect, if it has one.
  var defect: String?
  /// By the metrics' keys.
  var scores: [Digest: ScoreResult] = [:]
  var map: StoredMap?
}

/// The result of a metric.
struct ScoreResult: Sendable, Equatable {
  var outcome: Outcome
  var score: Score
}

/// A raw attribution of one image as it is kept.
struct StoredMap: Sendable, Equatable {
  /// Height, width, channels.
  var shape: [Int]
  var values: [Float]
}

extension Data {
  /// 32-bit floats, little endian; NaN for nil.
  init(floats: [Float]) {
    self = floats.withUnsafeBytes { Data($0) }
  }

  var floats: [Float] {
    let data = self
    return [Float](unsafeUninitializedCapacity: count / 4) { buffer, filled in
      filled = data.copyBytes(to: buffer) / 4
    }
  }
}
