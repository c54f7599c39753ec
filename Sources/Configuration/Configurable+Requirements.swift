extension Configurable {
  /// The largest count that is accepted: more repetitions would take days, or all memory.
  public static var largestCount: Int { 1_000_000 }

  /// Checks that a parameter lies in a closed range.
  ///
  /// - Parameters:
  ///   - name: The name of the parameter.
  ///   - unit: What is counted, for the message: `pixels`.
  ///   - note: A remark for the message, in brackets: `0.15 is 15% of the range`.
  /// - Throws: `samples: found 0, expected at least 1`.
  public static func require<Value: Comparable>(
    _ name: String, _ value: Value, in range: ClosedRange<Value>, unit: String = "", note: String = ""
  ) throws(ConfigurationError) {
    try require(value >= range.lowerBound, name, value, "at least \(plain(range.lowerBound))", unit, note)
    try require(value <= range.upperBound, name, value, "at most \(plain(range.upperBound))", unit, note)
  }

  /// Checks that a parameter is at least a bound.
  ///
  /// - Throws: `noise: found -1, expected at least 0`.
  public static func require<Value: Comparable>(
    _ name: String, _ value: Value, in range: PartialRangeFrom<Value>, unit: String = "", note: String = ""
  ) throws(ConfigurationError) {
    try require(value >= range.lowerBound, name, value, "at least \(plain(range.lowerBound))", unit, note)
  }

  /// Checks that a parameter is larger than a bound, and not larger than another.
  ///
  /// - Throws: `sigma: found 0.0, expected more than 0`.
  public static func require<Value: Comparable>(
    _ name: String, _ value: Value, above bound: Value, atMost most: Value? = nil, unit: String = "",
    note: String = ""
  ) throws(ConfigurationError) {
    try require(value > bound, name, value, "more than \(plain(bound))", unit, note)
    if let most { try require(value <= most, name, value, "at most \(plain(most))", unit, note) }
  }

  /// Checks any other condition on a parameter.
  ///
  /// - Parameter expected: The values that the parameter takes, in words: `rising numbers from 1 to 99`.
  /// - Throws: `percentages: found [5, 1], expected rising numbers from 1 to 99`.
  public static func require<Value>(
    _ name: String, _ value: Value, _ isValid: Bool, expected: String
  ) throws(ConfigurationError) {
    try require(isValid, name, value, expected, "", "")
  }

  /// A bound without `.0`.
  private static func plain(_ bound: some Any) -> String {
    let text = "\(bound)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  private static func require(
    _ isValid: Bool, _ name: String, _ value: Any, _ expected: String, _ unit: String, _ note: String
  ) throws(ConfigurationError) {
    if isValid { return }
    let words = [expected, unit, note.isEmpty ? "" : "(\(note))"].filter { !$0.isEmpty }
    throw .badParameter(
      of: identifier, reason: "\(name): found \(value), expected \(words.joined(separator: " "))")
  }
}
