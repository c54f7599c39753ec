internal import Foundation

/// Numbers as text, the same in every locale.
package enum Decimals {
  /// With a fixed number of digits behind the point.
  package static func fixed(_ value: some BinaryFloatingPoint, _ digits: Int) -> String {
    String(format: "%.\(digits)f", Double(value))
  }

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

  /// In scientific notation with two significant digits: `3.1e-06`.
  package static func scientific(_ value: Double) -> String { String(format: "%.1e", value) }

  /// With three significant digits: `1.53`, `153`; in scientific notation if it is very small or large.
  package static func significant(_ value: Double) -> String {
    let order = value != 0 && value.isFinite ? Int(log10(abs(value)).rounded(.down)) : 0
    guard (-3...6).contains(order) else { return String(format: "%.2e", value) }
    return fixed(value, max(2 - order, 0))
  }

  /// With commas between thousands.
  package static func grouped(_ value: Int) -> String {
    var text = ""
    for (position, digit) in String(abs(value)).reversed().enumerated() {
      if position > 0, position % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (value < 0 ? "-" : "") + String(text.reversed())
  }
}
