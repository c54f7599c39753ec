internal import Foundation
internal import SaliencyCore

/// The files of a run's folder.
public struct RunFolder: Sendable {
  public let path: String

  public init(_ path: String) { self.path = path }

  func file(_ name: String) -> String { (path as NSString).appendingPathComponent(name) }

  var storePath: String { file("store.sqlite") }

  /// Opens the store of a run that has begun.
  ///
  /// - Throws: `StoreError` where there is none.
  func store() throws(StoreError) -> ResultStore {
    guard FileManager.default.fileExists(atPath: storePath) else {
      throw .notAStore(path: path, reason: "there is no store.sqlite; wanted the folder of a run")
    }
    return try ResultStore(path: storePath)
  }

  /// Writes everything that follows from the results, replacing what is there.
  ///
  /// - Parameter catalogs: The methods and metrics that the experiment may name.
  /// - Returns: The names of the files, in order.
  /// - Throws: `StoreError`, `FileWriteError`, or `YAMLError` where the experiment names something unknown.
  @discardableResult
  public func writeResults(catalogs: Catalogs) throws -> [String] {
    let results = try RunResults(store(), catalogs: catalogs)
    let tables = RunTables(results)
    let files = [
      ("table.csv", tables.tableCSV), ("table.md", MarkdownTable.text(tables)),
      ("table.tex", LaTeXTable.text(tables)),
      ("table.json", JSONTable.text(tables)), ("rows.csv", tables.rowsCSV),
      ("agreement.csv", tables.agreementCSV),
      ("failures.csv", tables.failuresCSV), ("cost.csv", CostTable(results).csv),
      ("manifest.json", results.manifest.json + "\n"),
    ]
    for (name, text) in files { try AtomicFile.write(text, to: file(name)) }
    return files.map(\.0)
  }

  /// The tables as text.
  public func table(_ format: TableFormat, catalogs: Catalogs) throws -> String {
    let tables = RunTables(try RunResults(store(), catalogs: catalogs))
    switch format {
    case .csv: return tables.tableCSV
    case .markdown: return MarkdownTable.text(tables)
    case .latex: return LaTeXTable.text(tables)
    case .json: return JSONTable.text(tables)
    }
  }
}

/// How tables are written.
public enum TableFormat: String, Sendable, CaseIterable {
  case csv
  case markdown
  case latex
  case json
}
