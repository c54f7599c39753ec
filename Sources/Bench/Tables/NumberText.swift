internal import Foundation

/// Numbers as tables print them, the same in every locale.
package enum NumberText {
  /// Exactly: the shortest decimal that reads back as the same number.
  package static func exact(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
  }

  /// With three significant digits.
  package static func rounded(_ value: Double) -> String { Format(for: [value])(value) }

  /// How numbers of one column are rounded, so that the largest shows three digits.
  struct Format: Sendable, Equatable {
    /// Digits behind the point; nil for scientific notation.
    let digits: Int?

    init(digits: Int?) { self.digits = digits }

    /// This format, or, if it would print a number that is not zero as zero, one that shows two of its digits.
    func showing(_ value: Double) -> Format {
      guard value != 0, Double(self(value)) == 0 else { return self }
      let order = Int(log10(abs(value)).rounded(.down))
      return Format(digits: order < -4 ? nil : 1 - order)
    }

    init(for values: [Double]) {
      let largest = values.map(abs).max() ?? 0
      let order = largest > 0 ? Int(log10(largest).rounded(.down)) : 0
      digits = order < -3 || order > 6 ? nil : max(2 - order, 0)
    }

    func callAsFunction(_ value: Double) -> String {
      guard let digits else { return value == 0 ? "0" : String(format: "%.2e", value) }
      let text = String(format: "%.\(digits)f", value)
      // No number is minus zero.
      return text.contains { $0.isNumber && $0 != "0" } ? text : text.replacingOccurrences(of: "-", with: "")
    }
  }

  /// p as it is reported: never 0.
  static func p(_ value: Double) -> String { value < 0.001 ? "< 0.001" : String(format: "%.3f", value) }
}
