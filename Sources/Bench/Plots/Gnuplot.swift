internal import Foundation
internal import SaliencyCore
internal import Support

/// Draws plots with gnuplot, a program of the system.
///
/// The same plot gives the same bytes on one machine: no dates, no random names.
package enum Gnuplot {
  package static let formats = ["png", "svg", "pdf"]

  /// Writes each plot into a folder in each of the formats, a bitmap `width` dots wide.
  ///
  /// - Returns: The names of the files.
  /// - Throws: `PlotError` if gnuplot is missing, cannot be started, or refuses; `FileWriteError`.
  @discardableResult
  package static func write(
    _ plots: [Plot], to folder: String, formats: [String] = Self.formats, width: Int = 1600
  ) throws -> [String] {
    let drawn = plots.filter { !$0.commands.isEmpty }
    guard !drawn.isEmpty else { return [] }
    let scratch = TemporaryName.path(beside: NSTemporaryDirectory() + "saliency-plots")
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    let scripts = drawn.map { script($0, folder: scratch, formats: formats, width: width) }
    try run(scripts.joined(separator: "\n"), in: scratch)
    var files: [String] = []
    for plot in drawn {
      for format in formats {
        let name = "\(plot.name).\(format)"
        guard var data = FileManager.default.contents(atPath: "\(scratch)/\(name)") else {
          throw PlotError.refused("it wrote no \(name)")
        }
        if format == "pdf" { data = withoutDate(data) }
        try AtomicFile.write(data, to: "\(folder)/\(name)")
        files.append(name)
      }
    }
    return files
  }

  private static func script(_ plot: Plot, folder: String, formats: [String], width: Int) -> String {
    let key = plot.series.count > 4 ? "set key outside right top" : "set key top right"
    let scale = Double(width) / 1000
    let terminals = [
      (
        "png",
        "pngcairo size \(width),\(width * 5 / 8) font 'DejaVu Sans,11' fontscale \(scale) linewidth \(scale * 1.25)"
      ),
      ("svg", "svg size 800,500 dynamic font 'DejaVu Sans,12' name 'plot'"),
      ("pdf", "pdfcairo size 6.4in,4in font 'DejaVu Sans,9'"),
    ]
    return terminals.filter { formats.contains($0.0) }.map { format, terminal in
      "set terminal \(terminal)\nset output '\(folder)/\(plot.name).\(format)'\n"
        + plot.commands.replacing("\nplot ", with: "\n\(key)\nplot ") + "set output\n"
    }.joined()
  }

  /// Runs a script, with its words in a file, for a pipe would need more files open than a process may have.
  private static func run(_ script: String, in folder: String) throws {
    let (path, errors) = ("\(folder)/script.gp", "\(folder)/errors.txt")
    try AtomicFile.write(script, to: path)
    let status: Int32
    do throws(ChildProcess.NotStarted) {
      status = try ChildProcess.run("gnuplot", ["-d", path], errors: errors)
    } catch {
      throw error.isMissing ? PlotError.missing : PlotError.notStarted(error.reason)
    }
    guard status == 0 else {
      let words = (try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""
      throw PlotError.refused(
        words.isEmpty
          ? "it ended with \(status)" : words.split(separator: "\n").suffix(2).joined(separator: " "))
    }
  }

  /// A PDF whose date of creation is always the same; as many bytes, so that its table of places stays right.
  static func withoutDate(_ pdf: Data) -> Data {
    let mark = Data("/CreationDate (D:".utf8)
    guard let found = pdf.range(of: mark) else { return pdf }
    var copy = pdf
    var i = found.upperBound
    for digit in "19700101000000".utf8 where i < copy.endIndex && copy[i] != UInt8(ascii: ")") {
      copy[i] = digit
      i += 1
    }
    return copy
  }
}

/// Why no plot could be drawn.
package enum PlotError: Error, Equatable, CustomStringConvertible {
  case missing
  /// The system could not start it.
  case notStarted(String)
  case refused(String)

  package var description: String {
    switch self {
    case .missing: "no figures: gnuplot is not installed (Debian: apt-get install gnuplot-nox)"
    case .notStarted(let reason): "no figures: gnuplot could not be started: \(reason)"
    case .refused(let words): "no figures: gnuplot says: \(words)"
    }
  }
}
