internal import ArgumentParser
internal import Foundation
internal import ModelLibrary
internal import SaliencyCore

/// A network to be timed: a file, a bundled model, or a built-in architecture with random weights.
struct TimedModel: Sendable {
  /// What stands before the colon of its rows.
  let name: String
  private let request: ModelRequest?

  /// - Parameters:
  ///   - nameOrPath: A path, or a name of `RandomModels` or of a bundled model.
  ///   - input: How a file is read.
  init(_ nameOrPath: String, input: InputOptions) {
    name = ((nameOrPath as NSString).lastPathComponent as NSString).deletingPathExtension
    // A built-in name always means random weights, so that a figure does not depend on what was fetched.
    let isRandom = !FileManager.default.fileExists(atPath: nameOrPath) && RandomModels.knows(nameOrPath)
    request = isRandom ? nil : input.request(for: nameOrPath)
  }

  /// Whether it is a built-in architecture with random weights.
  var isRandom: Bool { request == nil }

  func load() throws -> Model {
    if let request { return try request.load().model }
    guard let model = try RandomModels.named(name) else {
      throw ValidationError("no architecture is called \"\(name)\"")
    }
    return model
  }
}
