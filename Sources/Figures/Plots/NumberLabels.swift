import Foundation
internal import Support

/// The numbers along an axis as text, the same in every locale.
enum NumberLabels {
  /// The labels of ticks with one number of digits behind the point, and the power of ten that they leave out.
  static func linear(_ ticks: LinearTicks, unit: String) -> (labels: [String], factor: String) {
    let values = ticks.values
    let largest = values.map(abs).max() ?? 0
    guard largest > 0 else { return (values.map { _ in "0" }, "") }
    let order = Int(log10(largest * (1 + 1e-9)).rounded(.down))
    if !unit.isEmpty {
      let prefix = prefix(order)
      let texts = values.map { text($0, shift: prefix.exponent, exponent: ticks.exponent) }
      return (texts.map { "\($0) \(prefix.symbol)\(unit)" }, "")
    }
    let shift = order < -3 || order > 4 ? order : 0
    let texts = values.map { text($0, shift: shift, exponent: ticks.exponent) }
    return (texts, shift == 0 ? "" : "×10" + superscript(shift))
  }

  /// One number as short as it goes: plain between 0.001 and 99999, otherwise with a power of ten.
  static func single(_ value: Double, unit: String) -> String {
    guard value != 0 else { return unit.isEmpty ? "0" : "0 \(unit)" }
    let order = Int(log10(abs(value) * (1 + 1e-9)).rounded(.down))
    if !unit.isEmpty {
      let prefix = prefix(order)
      return signed(NumberText.short(value / pow(10, Double(prefix.exponent)), 6))
        + " \(prefix.symbol)\(unit)"
    }
    if (-3...4).contains(order) { return signed(NumberText.short(value, 6)) }
    let mantissa = NumberText.short(value / pow(10, Double(order)), 6)
    return signed((mantissa == "1" ? "" : mantissa + "×") + "10" + superscript(order))
  }

  /// A value divided by 10^`shift`, with the digits that a step of 10^`exponent` needs.
  private static func text(_ value: Double, shift: Int, exponent: Int) -> String {
    let digits = min(max(shift - exponent, 0), 12)
    let scaled = shift < 0 ? value * pow(10, Double(-shift)) : value / pow(10, Double(shift))
    return value == 0 ? "0" : signed(NumberText.fixed(scaled, digits))
  }

  private static func signed(_ text: String) -> String { text.replacingOccurrences(of: "-", with: "−") }

  static func superscript(_ number: Int) -> String {
    String(
      "\(number)".map { character in
        character == "-" ? "⁻" : character.wholeNumberValue.map { Array("⁰¹²³⁴⁵⁶⁷⁸⁹")[$0] } ?? character
      })
  }

  /// The SI prefix for a power of ten.
  private static func prefix(_ order: Int) -> (exponent: Int, symbol: String) {
    let symbols = ["p", "n", "µ", "m", "", "k", "M", "G", "T"]
    let group = min(max(Int((Double(order) / 3).rounded(.down)), -4), 4)
    return (3 * group, symbols[group + 4])
  }
}
