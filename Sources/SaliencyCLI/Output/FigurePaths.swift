internal import ArgumentParser
internal import Figures
internal import Foundation
internal import Support

/// The files of a figure.
struct FigurePaths {
  private(set) var all: [String] = []

  /// - Throws: `ValidationError` if a name ends in a format that is not written.
  init(_ outputs: [String]) throws(ValidationError) {
    for output in outputs {
      for path in try Self.paths(output) where !all.contains(path) { all.append(path) }
    }
  }

  private static func paths(_ output: String) throws(ValidationError) -> [String] {
    let name = output as NSString
    if output.hasSuffix("/") || RegularFile.problem(at: output) == .directory {
      return ["png", "pdf"].map { name.appendingPathComponent("comparison.\($0)") }
    }
    let suffix = name.pathExtension.lowercased()
    if suffix.isEmpty { return ["png", "pdf"].map { "\(output).\($0)" } }
    guard FigureFormat(rawValue: suffix) != nil else {
      throw ValidationError("--output: found the suffix .\(suffix), wanted .png, .pdf or .svg")
    }
    return [output]
  }

  /// Writes the figure in every format, and makes folders that are missing.
  ///
  /// - Throws: `FigureError`, `FileWriteError`.
  func write(_ panel: Panel, by renderer: FigureRenderer) throws {
    for folder in Set(all.map(\.enclosingFolder)) where !folder.isEmpty { try OutputFolder.make(folder) }
    try renderer.write(panel, to: all)
  }
}
