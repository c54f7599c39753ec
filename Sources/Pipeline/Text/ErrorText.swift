internal import Foundation

/// Errors as one line of text that a terminal can show.
package enum ErrorText {
  /// The longest line, in Unicode scalars; a value from a file may have any length.
  private static let longest = 2000

  /// The error's description as one line.
  package static func sentence(_ error: any Error) -> String {
    // Foundation's errors print their stored properties; all of this package's errors describe themselves.
    let isForeign = error is CocoaError || error is POSIXError || error is URLError
    return oneLine(isForeign ? error.localizedDescription : "\(error)")
  }

  /// A text as one line, without a period at its end.
  package static func oneLine(_ text: String) -> String {
    let line = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.joined(
      separator: " ")
    return printable(line.last == "." ? String(line.dropLast()) : line)
  }

  /// The text with control characters written as their codes, and with the middle of a very long text left out.
  private static func printable(_ line: String) -> String {
    var plain = String.UnicodeScalarView()
    for scalar in line.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator:
        plain.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
      default: plain.append(scalar)
      }
    }
    guard plain.count > longest else { return String(plain) }
    return "\(String(plain.prefix(longest / 2))) ... \(String(plain.suffix(longest / 2)))"
  }
}
