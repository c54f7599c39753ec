internal import BundledWorld
internal import Foundation
internal import SaliencyCore
internal import Support

/// The reproductions that come with the toolkit: folders with an `experiment.yaml` that says what it reproduces.
public enum Shelf {
  /// The names, in order.
  public static var names: [String] { names(in: BundledWorld.experiments.path) }

  static func names(in folder: String) -> [String] {
    let found = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return found.filter { Reproduction.isDeclared(by: file(of: $0, in: folder)) }.sorted()
  }

  private static func file(of name: String, in folder: String) -> String {
    "\(folder)/\(name)/experiment.yaml"
  }

  /// The file of a name, or of a path to it or to its folder.
  ///
  /// - Throws: ``UnknownReproduction`` with the nearest names.
  public static func path(of name: String) throws(UnknownReproduction) -> String {
    let known = names
    if known.contains(name) { return file(of: name, in: BundledWorld.experiments.path) }
    for path in [name, "\(name)/experiment.yaml"] where name.contains("/") || name.hasSuffix(".yaml") {
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
        return path
      }
    }
    throw UnknownReproduction(name: name, known: known)
  }
}

/// There is nothing of the name to reproduce.
public struct UnknownReproduction: Error, Equatable, CustomStringConvertible {
  public let name: String
  public let known: [String]

  public var description: String {
    "no experiment to reproduce is called \"\(name)\"\(suggestion(for: name, among: known)) "
      + "(known: \(known.joined(separator: ", ")); a path to an experiment.yaml works too)"
  }
}
