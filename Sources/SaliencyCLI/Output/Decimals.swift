internal import Foundation

/// Numbers as text, the same in every locale.
enum Decimals {
  /// With a fixed number of digits behind the point.
  static func fixed(_ value: some BinaryFloatingPoint, _ digits: Int) -> String {
    String(format: "%.\(digits)f", Double(value))
  }

  /// A probability with two significant digits at least: `0.49`, `0.0013`.
  static func probability(_ value: Float) -> String {
    switch value {
    case 0.1..<0.995: fixed(value, 2)
    case 0.995..<0.9995: fixed(value, 3)
    case 0.9995...: "1.00"
    case 0.01..<0.1: fixed(value, 3)
    default: fixed(value, 4)
    }
  }

  /// In scientific notation with two significant digits: `3.1e-06`.
  static func scientific(_ value: Double) -> String { String(format: "%.1e", value) }

  /// With commas between thousands.
  static func grouped(_ value: Int) -> String {
    var text = ""
    for (position, digit) in String(abs(value)).reversed().enumerated() {
      if position > 0, position % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (value < 0 ? "-" : "") + String(text.reversed())
  }
}
