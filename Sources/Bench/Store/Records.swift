internal import Foundation
internal import Metrics
internal import SaliencyCore

/// The place of a request in an experiment: which model, which image, which target as it was asked for.
///
/// It is known before anything is computed, and the same in every process, whatever part of the work that does.
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

/// What became of a request when it was asked.
struct RequestRecord: Sendable, Equatable {
  var place: RequestPlace
  /// Size and time of the picture's file: if these change, the request is computed again.
  var stamp: String
  var state: State

  enum State: Sendable, Equatable {
    case asked(Asked)
    /// There is nothing to ask, for a reason: the data set gives no class.
    case skipped(String)
    /// The image could not be read, the class not be found.
    case failed(String)
  }

  struct Asked: Sendable, Equatable {
    /// nil if the target is not one class.
    var classIndex: Int?
    /// The label of the class, or a function of classes as it is written: `difference(boxer, tiger cat)`.
    var className: String
    /// As metrics measure it; nil if the model's output is a single bare number, or the target is not one class.
    var probability: Double?
    /// The digest of the network's input.
    var pixels: Digest
    /// The digest of what is annotated.
    var annotations: Digest
  }
}

extension RequestRecord.Asked {
  /// Adds what is explained to a digest: the index of a class, or a function of classes as it is written.
  func addTarget(to feed: inout Digest.Feed) {
    guard let classIndex, !Target.isFunction(className) else {
      feed.add("target")
      feed.add(className)
      return
    }
    feed.add(count: classIndex)
  }
}

/// How a piece of work ended.
enum Outcome: Int, Sendable, Codable {
  case done = 0
  /// It has no meaning here, for a reason.
  case notApplicable = 1
  case failed = 2
}

/// A method's answer to one request, with its scores: written in one transaction.
struct UnitResult: Sendable {
  var key: Digest
  var outcome: Outcome
  var reason: String?
  var passes = Passes()
  var matched: Int?
  /// What is wrong with the map, if it cannot mean anything.
  var defect: String?
  /// By the metrics' keys.
  var scores: [Digest: ScoreResult] = [:]
  var map: StoredMap?
}

/// What a metric said.
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
