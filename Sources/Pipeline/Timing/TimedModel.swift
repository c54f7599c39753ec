internal import Foundation
public import ModelLibrary
internal import SaliencyCore

/// A network to be timed: a file, a bundled model, or a built-in architecture with random weights.
public struct TimedModel: Sendable {
  /// The prefix of its rows' names.
  public let name: String
  private let request: ModelRequest?

  /// - Parameter request: A path, the name of a bundled model, or the name of a built-in architecture. The last always means
  ///   random weights, so that times do not depend on which weights were fetched.
  public init(_ request: ModelRequest) {
    let path = request.model as NSString
    name = (path.lastPathComponent as NSString).deletingPathExtension
    let isRandom =
      !FileManager.default.fileExists(atPath: request.model) && RandomModels.knows(request.model)
    self.request = isRandom ? nil : request
  }

  /// Whether it is a built-in architecture with random weights.
  public var isRandom: Bool { request == nil }

  func load() throws -> Model {
    if request == nil, let model = try RandomModels.named(name) { return model }
    return try (request ?? ModelRequest(name)).load().model
  }
}
