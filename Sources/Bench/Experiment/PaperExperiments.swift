internal import BundledWorld
internal import Foundation
internal import Support

/// The experiments on papers that come with the toolkit.
public enum PaperExperiments {
  /// All that can be read, in the order of their names.
  public static func all(catalogs: Catalogs) -> [Experiment] {
    all(in: BundledWorld.experiments.path, catalogs: catalogs)
  }

  /// The experiments of a folder's folders that show figures of a paper.
  static func all(in folder: String, catalogs: Catalogs) -> [Experiment] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().compactMap { name in
      let path = file(of: name, in: folder)
      guard FileManager.default.fileExists(atPath: path),
        let experiment = try? Experiment(contentsOf: path, catalogs: catalogs)
      else { return nil }
      return experiment.reproduces == nil ? nil : experiment
    }
  }

  private static func file(of name: String, in folder: String) -> String {
    "\(folder)/\(name)/experiment.yaml"
  }

  /// The file of an experiment.
  ///
  /// - Parameter name: The name of one that comes with the toolkit, or the path of a file or of its folder.
  /// - Throws: ``UnknownExperiment`` with the nearest names.
  public static func path(of name: String, catalogs: Catalogs) throws(UnknownExperiment) -> String {
    let known = all(catalogs: catalogs).map(\.name)
    if known.contains(name) { return file(of: name, in: BundledWorld.experiments.path) }
    for path in [name, "\(name)/experiment.yaml"] where name.contains("/") || name.hasSuffix(".yaml") {
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
        return path
      }
    }
    throw UnknownExperiment(name: name, known: known)
  }
}

/// No experiment has the name.
public struct UnknownExperiment: Error, Equatable, CustomStringConvertible {
  public let name: String
  public let known: [String]

  public var description: String {
    "no experiment to reproduce is called \"\(name)\"\(suggestion(for: name, among: known)) "
      + "(known: \(known.joined(separator: ", ")); a path to an experiment.yaml works too)"
  }
}
