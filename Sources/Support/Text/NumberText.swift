internal import Foundation

/// Numbers as text, the same in every locale.
package enum NumberText {
  /// The shortest decimal that reads back as the same number.
  package static func exact(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
  }

  /// With a fixed number of digits after the point.
  package static func fixed(_ value: some BinaryFloatingPoint, _ digits: Int) -> String {
    String(format: "%.\(digits)f", Double(value))
  }

  /// With at most a number of significant digits, and without zeros at the end: `1.5`, `1e-05`.
  package static func short(_ value: some BinaryFloatingPoint, _ digits: Int) -> String {
    String(format: "%.\(digits)g", Double(value))
  }

  /// In scientific notation with a number of digits after the point: `3.1e-06`.
  package static func scientific(_ value: Double, _ digits: Int = 1) -> String {
    String(format: "%.\(digits)e", value)
  }

  /// With three significant digits: `1.53`, `153`; in scientific notation if it is very small or large.
  package static func significant(_ value: Double) -> String { Format(for: [value])(value) }

  /// A probability with two significant digits at least: `0.49`, `0.0013`.
  package static func probability(_ value: Float) -> String {
    switch value {
    case 0.1..<0.995: fixed(value, 2)
    case 0.995..<0.9995: fixed(value, 3)
    case 0.9995...: "1.00"
    case 0.01..<0.1: fixed(value, 3)
    default: fixed(value, 4)
    }
  }

  /// A p-value as it is reported: never 0.
  package static func p(_ value: Double) -> String { value < 0.001 ? "< 0.001" : fixed(value, 3) }

  /// With commas between thousands.
  package static func grouped(_ value: Int) -> String {
    var text = ""
    for (position, digit) in String(abs(value)).reversed().enumerated() {
      if position > 0, position % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (value < 0 ? "-" : "") + String(text.reversed())
  }

  /// A duration, rounded up to seconds, or to minutes from an hour on: `8 s`, `2 min 5 s`, `3 h 20 min`.
  package static func time(_ seconds: Double) -> String {
    let whole = Int(min(seconds.rounded(.up), 1e9))
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }

  /// How numbers of one column are rounded, so that the largest shows three digits.
  package struct Format: Sendable, Equatable {
    /// Digits after the point; nil for scientific notation.
    package let digits: Int?

    package init(digits: Int?) { self.digits = digits }

    package init(for values: [Double]) {
      let largest = values.lazy.map(abs).filter(\.isFinite).max() ?? 0
      let order = largest > 0 ? Int(log10(largest).rounded(.down)) : 0
      digits = (-3...6).contains(order) ? max(2 - order, 0) : nil
    }

    /// This format, or, if it would print a number that is not zero as zero, one that shows two of its digits.
    package func showing(_ value: Double) -> Format {
      guard value != 0, Double(self(value)) == 0 else { return self }
      let order = Int(log10(abs(value)).rounded(.down))
      return Format(digits: order < -4 ? nil : 1 - order)
    }

    package func callAsFunction(_ value: Double) -> String {
      guard let digits else { return value == 0 ? "0" : scientific(value, 2) }
      let text = fixed(value, digits)
      // No number is minus zero.
      return text.contains { $0.isNumber && $0 != "0" } ? text : text.replacingOccurrences(of: "-", with: "")
    }
  }
}
