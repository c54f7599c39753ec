internal import ArgumentParser
internal import Bench
internal import Foundation
internal import ModelLibrary
internal import Pipeline

/// The files that a command reads.
///
/// No command writes over one of them: each checks its outputs here before it begins.
struct InputFiles {
  private var inputs: [Identity: String] = [:]

  /// - Parameters:
  ///   - images: Image files.
  ///   - model: The model, whose file, sidecar, architecture and labels are read.
  ///   - others: Any other file.
  /// - Throws: `LibraryError`, `YAMLError` if the model or its sidecar cannot be found.
  init(images: [ImageFile] = [], model: ModelRequest? = nil, others: [String] = []) throws {
    for path in try images.map(\.path) + (model?.files() ?? []) + others {
      for identity in Identity.all(of: path) { inputs[identity] = path }
    }
  }

  /// What a run of an experiment reads.
  init(of plan: RunPlan, experiment: String) throws {
    try self.init(others: [experiment] + plan.inputFiles)
  }

  /// Refuses files that would be written over an input.
  ///
  /// - Throws: `ValidationError` naming the option and the input.
  func refuse(outputs: [String], of option: String) throws(ValidationError) {
    for output in outputs {
      guard let input = Identity.all(of: output).lazy.compactMap({ inputs[$0] }).first else { continue }
      let also = input == output ? "" : " (\(input))"
      throw ValidationError(
        "\(option): \(output) is read as an input\(also) and would be overwritten; wanted another name")
    }
  }

  /// Refuses a folder in which an input has a name that may be written.
  ///
  /// - Parameter isWritten: Whether a file of this name may be written to the folder.
  /// - Throws: `ValidationError` naming the option and the input.
  func refuse(
    folder: String, of option: String, where isWritten: (_ name: String) -> Bool
  ) throws(ValidationError) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let paths = names.sorted().filter(isWritten).map { (folder as NSString).appendingPathComponent($0) }
    try refuse(outputs: paths, of: option)
  }

  /// Refuses a folder of results in which a run would write over an input.
  func refuse(run folder: RunFolder, of option: String) throws(ValidationError) {
    try refuse(outputs: folder.outputs, of: option)
    try refuse(folder: folder.figures, of: option) { _ in true }
  }

  /// Whether a path leads to an input.
  func contains(_ path: String) -> Bool { Identity.all(of: path).contains { inputs[$0] != nil } }
}

/// What a path leads to, whatever its spelling.
private struct Identity: Hashable {
  let device: UInt64
  let number: UInt64

  /// The file, and the link if the path is one; nothing if there is nothing.
  static func all(of path: String) -> [Identity] {
    var (file, link) = (stat(), stat())
    let found = [stat(path, &file) == 0 ? file : nil, lstat(path, &link) == 0 ? link : nil].compactMap(\.self)
    return found.map { Identity(device: UInt64($0.st_dev), number: UInt64($0.st_ino)) }
  }
}
