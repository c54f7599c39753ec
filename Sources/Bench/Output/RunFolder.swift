internal import Figures
internal import Foundation
internal import SaliencyCore
internal import Support

/// The files of a run's folder.
public struct RunFolder: Sendable {
  public let path: String

  public init(_ path: String) { self.path = path }

  func file(_ name: String) -> String { (path as NSString).appendingPathComponent(name) }

  var storePath: String { file("store.sqlite") }

  /// The paths of the files that a run writes directly in its folder.
  public var outputs: [String] {
    [
      "store.sqlite", "table.csv", "table.md", "table.tex", "table.json", "rows.csv", "curves.csv",
      "agreement.csv",
      "failures.csv", "cost.csv", "manifest.json", MapArchive.name, "report.html",
    ].map(file)
  }

  /// The folder of figures, all of whose files the run may write.
  public var figures: String { file("figures") }

  /// Opens the store of a run that has begun, to read it.
  ///
  /// - Throws: `StoreError` if there is none.
  func store() throws(StoreError) -> ResultStore {
    guard FileManager.default.fileExists(atPath: storePath) else {
      throw .notAStore(path: path, reason: "there is no store.sqlite; wanted the folder of a run")
    }
    return try ResultStore(reading: storePath)
  }

  /// What was written, and what there is to say about it.
  public struct Written: Sendable {
    /// The names of the files, in order.
    public var files: [String] = []
    /// Figures that were not drawn, and why.
    public var remarks: [String] = []
    /// Parts of the experiment that have no number because something failed.
    public var failures: [WholeFailure] = []

    /// These files, without remarks.
    public init(files: [String] = []) { self.files = files }

    /// Adds the figures that compute what they show.
    public mutating func add(_ figures: Reproducer.Written) {
      files += figures.files
      remarks += figures.remarks
    }
  }

  /// Writes everything that follows from the results, replacing what is there.
  ///
  /// - Parameters:
  ///   - catalogs: The methods and metrics that the experiment may name.
  ///   - output: The folder to write to; the run's by default. With another, nothing is written in the run's folder.
  /// - Throws: `StoreError`, `FileWriteError`, or `YAMLError` if the experiment names something unknown.
  @discardableResult
  public func writeResults(catalogs: Catalogs, to output: String? = nil) throws -> Written {
    let store = try store()
    if let output {
      try DiskSpace.prepare(output)
      return try RunFolder(output).write(store, catalogs: catalogs)
    }
    let written = try write(store, catalogs: catalogs)
    try noteTables(of: store)
    return written
  }

  private func write(_ store: ResultStore, catalogs: Catalogs) throws -> Written {
    let results = try RunResults(store, catalogs: catalogs)
    guard results.experiment.hasBenchmark else {
      try AtomicFile.write(results.manifest.json + "\n", to: file("manifest.json"))
      return Written(files: ["manifest.json"])
    }
    let tables = RunTables(results)
    let curves = try MeanCurves.all(of: results, in: store)
    var written = Written()
    written.failures = results.wholeFailures
    func write(_ name: String, _ text: String) throws {
      try AtomicFile.write(text, to: file(name))
      written.files.append(name)
    }
    try write("table.csv", tables.tableCSV)
    try write("table.md", MarkdownTable.text(tables))
    try write("table.tex", LaTeXTable.text(tables))
    try write("table.json", JSONTable.text(tables))
    try writeRows(tables)
    written.files.append("rows.csv")
    try write("curves.csv", MeanCurves.csv(curves, results))
    try write("agreement.csv", tables.agreementCSV)
    try write("failures.csv", tables.failuresCSV)
    try write("cost.csv", CostTable(results).csv)
    var manifest = results.manifest
    manifest.inputs = results.pixelDigest.hex
    try write("manifest.json", manifest.json + "\n")
    let pictures = RunPictures(store: store, results: results)
    if results.experiment.maps == .all {
      try MapArchive(pictures: pictures).write(to: file(MapArchive.name))
      written.files.append(MapArchive.name)
    }
    let panels = try RunPanels(pictures: pictures).all()
    let plots = RunPlots(tables, curves: curves).plots
    try makeFolder("figures")
    let renderer = FigureRenderer()
    func files(of name: String) -> [String] { FigureFormat.allCases.map { "figures/\(name).\($0.rawValue)" } }
    for plot in plots {
      try renderer.write(plot.plot, to: files(of: plot.name).map(file))
      written.files += files(of: plot.name)
    }
    for panel in panels {
      try renderer.write(panel.panel, to: files(of: panel.name).map(file))
      written.files += files(of: panel.name)
    }
    let report = Report(
      tables: tables,
      plots: try plots.map { plot in
        let svg = try renderer.data(plot.plot, as: .svg)
        return (plot.plot, String(decoding: svg, as: UTF8.self))
      },
      panels: try panels.map { panel in
        let svg = try renderer.data(panel.panel, as: .svg)
        return (panel.name, panel.caption, String(decoding: svg, as: UTF8.self))
      }, pictures: pictures, remarks: written.failures.map(\.description))
    try write("report.html", try report.html())
    return written
  }

  /// Notes which merged stores the tables are of.
  private func noteTables(of store: ResultStore) throws {
    guard let merged = try store.meta("merged") else { return }
    let digest = Digest(of: merged).hex
    if try store.meta("tables") != digest { try ResultStore(path: storePath).setMeta(["tables": digest]) }
  }

  /// Whether the tables are those of stores that were last at work at some times.
  func hasTables(of stamps: [String]) -> Bool {
    guard FileManager.default.fileExists(atPath: storePath), let meta = try? MergeSource.notes(storePath),
      let merged = meta["merged"], meta["tables"] == Digest(of: merged).hex
    else { return false }
    let known = Set(merged.split(separator: "\n").compactMap { $0.split(separator: " ").last })
    return stamps.allSatisfy { known.contains(Substring($0)) }
  }

  /// Line by line, for there may be more than fit into the memory.
  private func writeRows(_ tables: RunTables) throws {
    try AtomicFile.write(to: file("rows.csv")) { temporary in
      guard FileManager.default.createFile(atPath: temporary, contents: nil),
        let handle = FileHandle(forWritingAtPath: temporary)
      else { throw FileWriteError(path: file("rows.csv"), reason: "it cannot be made") }
      defer { try? handle.close() }
      do {
        try tables.writeRows { try handle.write(contentsOf: Data($0.utf8)) }
      } catch {
        throw FileWriteError(path: file("rows.csv"), reason: error.localizedDescription)
      }
    }
  }

  private func makeFolder(_ name: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: file(name), withIntermediateDirectories: true)
    } catch {
      throw FileWriteError(path: file(name), reason: "the folder cannot be made")
    }
  }

  /// The tables as text.
  ///
  /// - Parameters:
  ///   - format: How the tables are written.
  ///   - catalogs: The methods and metrics that the experiment may name.
  ///   - selection: Which part of the tables.
  /// - Throws: `StoreError`, `YAMLError`; ``TableSelectionError`` if the run has no such part.
  public func table(
    _ format: TableFormat, catalogs: Catalogs, selection: TableSelection = TableSelection()
  ) throws -> String {
    try selection.tables(of: RunResults(store(), catalogs: catalogs)).text(format)
  }
}

/// How tables are written.
public enum TableFormat: String, Sendable, CaseIterable {
  case csv
  case markdown
  case latex
  case json
}
