internal import Configuration
internal import Foundation
internal import Metrics
internal import SaliencyCore

/// A text with places for measures: `"{class}, {relevance-mass:percent} on the object"`.
///
/// The format of a number follows a colon: `percent` (`percent1` with one digit behind the point), how many digits
/// follow the point (2 by default), or how many digits count (`3g`).
struct Template: Sendable {
  enum Part: Sendable {
    case text(String)
    case measure(Measure, Format)
  }

  enum Format: Sendable, Equatable {
    case percent(Int)
    case digits(Int)
    case significant(Int)

    init?(_ text: Substring) {
      if text == "percent" {
        self = .percent(0)
      } else if text.hasPrefix("percent"), let count = Int(text.dropFirst(7)), (0...9).contains(count) {
        self = .percent(count)
      } else if let count = Int(text), (0...9).contains(count) {
        self = .digits(count)
      } else if text.hasSuffix("g"), let count = Int(text.dropLast()), (1...9).contains(count) {
        self = .significant(count)
      } else {
        return nil
      }
    }

    func callAsFunction(_ value: Double) -> String {
      switch self {
      case .percent(let count): String(format: "%.\(count)f%%", value * 100)
      case .digits(let count): Self.withoutMinusZero(String(format: "%.\(count)f", value))
      case .significant(let count): String(format: "%.\(count)g", value)
      }
    }

    private static func withoutMinusZero(_ text: String) -> String {
      text.contains { $0.isNumber && $0 != "0" } ? text : text.replacing("-", with: "")
    }
  }

  /// The text in the experiment.
  let text: String
  let parts: [Part]

  /// - Throws: `ConfigurationError` if a bracket is open or a measure is unknown.
  init(_ text: String, metrics: MetricCatalog) throws(ConfigurationError) {
    self.text = text
    var parts: [Part] = []
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      guard let close = rest[open...].firstIndex(of: "}") else {
        throw .syntax(text, reason: "a \"{\" without its \"}\"")
      }
      if open > rest.startIndex { parts.append(.text(String(rest[..<open]))) }
      parts.append(try Self.measure(rest[rest.index(after: open)..<close], metrics))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    self.parts = parts
  }

  private static func measure(
    _ text: Substring, _ metrics: MetricCatalog
  ) throws(ConfigurationError) -> Part {
    guard let colon = text.lastIndex(of: ":") else {
      return .measure(try Measure(String(text), metrics: metrics), .digits(2))
    }
    let word = text[text.index(after: colon)...]
    guard let format = Format(word) else {
      throw .syntax(
        String(text), reason: "behind the colon stands \"percent\", a number of digits, or one with \"g\"")
    }
    return .measure(try Measure(String(text[..<colon]), metrics: metrics), format)
  }
}
