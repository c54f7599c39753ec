/// Numbers of a configuration, each within limits that the caller states.
extension JSON {
  /// An integer within a range; nil for anything else.
  func integer(in range: ClosedRange<Int>) -> Int? {
    number.flatMap { Int(exactly: $0) }.flatMap { range.contains($0) ? $0 : nil }
  }

  /// True or false, also as 1 or 0.
  var truth: Bool? {
    bool ?? integer(in: 0...1).map { $0 == 1 }
  }

  /// The value of the object that Keras writes for a NumPy scalar or array; other values as they are.
  private var withoutWrapper: JSON { self["config"]?["value"] ?? self }

  /// A number, also in a list of one or as a NumPy scalar.
  var singleNumber: Double? {
    let plain = withoutWrapper
    if let values = plain.array { return values.count == 1 ? values[0].number : nil }
    return plain.number
  }

  /// Two integers, written as a pair or as one for both.
  func pair(in range: ClosedRange<Int>) -> (Int, Int)? {
    if let one = integer(in: range) { return (one, one) }
    guard let values = integers(in: range), values.count == 2 else { return nil }
    return (values[0], values[1])
  }

  /// A list of integers, also one integer by itself.
  func integers(in range: ClosedRange<Int>) -> [Int]? {
    if let one = integer(in: range) { return [one] }
    guard let values = array else { return nil }
    let integers = values.compactMap { $0.integer(in: range) }
    return integers.count == values.count ? integers : nil
  }

  /// The numbers of a list nested to any depth, or one number by itself.
  var floats: [Float]? {
    let plain = withoutWrapper
    if let one = plain.number { return [Float(one)] }
    guard let values = plain.array else { return nil }
    var result: [Float] = []
    for value in values {
      guard let part = value.floats else { return nil }
      result += part
    }
    return result
  }

  // MARK: For messages

  private static let longestExcerpt = 60

  /// The value as JSON, cut after 60 characters.
  var excerpt: String {
    var text = ""
    write(to: &text)
    return text.count > Self.longestExcerpt ? text.prefix(Self.longestExcerpt) + "..." : text
  }

  private func write(to text: inout String) {
    guard text.count <= Self.longestExcerpt else { return }
    switch self {
    case .null: text += "null"
    case .bool(let value): text += "\(value)"
    case .number(let value): text += Int(exactly: value).map(String.init) ?? "\(value)"
    case .string(let value): text += "\"\(value.prefix(Self.longestExcerpt + 1))\""
    case .array(let values): write(values.lazy.map { ("", $0) }, between: "[", "]", to: &text)
    case .object(let entries):
      write(entries.lazy.map { ("\"\($0.key)\": ", $0.value) }, between: "{", "}", to: &text)
    }
  }

  private func write(
    _ entries: some Sequence<(String, JSON)>, between open: String, _ close: String, to text: inout String
  ) {
    text += open
    for (position, entry) in entries.enumerated() where text.count <= Self.longestExcerpt {
      text += (position > 0 ? ", " : "") + entry.0
      entry.1.write(to: &text)
    }
    text += close
  }
}
