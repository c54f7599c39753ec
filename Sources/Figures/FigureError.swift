/// Why a figure could not be made.
public enum FigureError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A file name that ends in none of the formats.
  case unknownFormat(path: String, found: String)
  /// The library that draws gave up; `reason` is its sentence.
  case notDrawn(reason: String)
  /// A panel without rows or columns.
  case nothingToShow
  /// A plot without a point that can be drawn.
  case noPoints(title: String)

  public var description: String {
    switch self {
    case .unknownFormat(let path, let found):
      let wanted = FigureFormat.allCases.map { "." + $0.rawValue }.joined(separator: ", ")
      return "\(path): found \(found.isEmpty ? "no suffix" : "the suffix .\(found)"), wanted one of \(wanted)"
    case .notDrawn(let reason):
      return "the figure could not be drawn (\(reason))"
    case .nothingToShow:
      return "the figure has no rows or no columns; give at least one image and one method"
    case .noPoints(let title):
      return
        "the plot\(title.isEmpty ? "" : " \"\(title)\"") has no point with finite values; give at least one"
    }
  }
}

/// The files a figure can be written as, by suffix.
public enum FigureFormat: String, Sendable, Hashable, CaseIterable {
  case png
  case pdf
  case svg
}
