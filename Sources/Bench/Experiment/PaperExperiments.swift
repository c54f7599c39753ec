internal import BundledExperiments
internal import Foundation
internal import Support

/// The experiments on papers, and the demos, that come with the toolkit.
public enum PaperExperiments {
  /// All that can be read, in the order of their names.
  public static func all(catalogs: Catalogs) -> [Experiment] {
    all(in: BundledExperiments.folders.map(\.path), catalogs: catalogs)
  }

  /// The experiments below some folders that show figures of a paper.
  static func all(in folders: [String], catalogs: Catalogs) -> [Experiment] {
    files(in: folders).values.compactMap { try? Experiment(contentsOf: $0, catalogs: catalogs) }
      .filter { $0.reproduces != nil }.sorted { $0.name < $1.name }
  }

  /// The files of the experiments below some folders, by the name of their own folder.
  private static func files(in folders: [String]) -> [String: String] {
    var files: [String: String] = [:]
    for folder in folders {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
        let path = "\(folder)/\(name)/experiment.yaml"
        if FileManager.default.fileExists(atPath: path) { files[name] = path }
      }
    }
    return files
  }

  /// The file of an experiment.
  ///
  /// - Parameter name: The name of one that comes with the toolkit, or the path of a file or of its folder.
  /// - Throws: ``UnknownExperiment`` with the nearest names.
  public static func path(of name: String, catalogs: Catalogs) throws(UnknownExperiment) -> String {
    let bundled = files(in: BundledExperiments.folders.map(\.path))
    if let file = bundled[name] { return file }
    for path in [name, "\(name)/experiment.yaml"] where name.contains("/") || name.hasSuffix(".yaml") {
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
        return path
      }
    }
    throw UnknownExperiment(name: name, known: bundled.keys.sorted())
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
