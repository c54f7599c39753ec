/// The `config` of a layer: untrusted values, read with their types and limits checked.
///
/// A key that is absent or null reads as nil; the decoder then uses Keras' default. A value of another type, or a number
/// outside its limits, is a `DecodeError` that names the key, what was found and what was expected: nothing that is present
/// is replaced by a default. Every number of a configuration is read here, so that later arithmetic cannot overflow.
struct LayerFields: Sendable {
  let json: JSON
  /// The input shape that Keras 3 notes beside the configuration.
  var builtInputShape: [Int?]?

  init(_ json: JSON) { self.json = json }

  /// The first of several names that is present and not null, unchecked.
  func value(_ names: String...) -> JSON? { found(names)?.json }

  private func found(_ names: [String]) -> (name: String, json: JSON)? {
    for name in names {
      if let value = json[name], !value.isNull { return (name, value) }
    }
    return nil
  }

  /// Reads the first of several names that is present, by `convert`, which gives nil for a malformed value.
  private func read<Value>(
    _ names: [String], expected: @autoclosure () -> String, _ convert: (JSON) -> Value?
  ) throws(DecodeError) -> Value? {
    guard let (name, json) = found(names) else { return nil }
    guard let value = convert(json) else {
      throw .malformed(key: name, found: json.excerpt, expected: expected())
    }
    return value
  }

  // MARK: Text and truth

  func string(_ names: String...) throws(DecodeError) -> String? {
    try read(names, expected: "a text") { $0.string }
  }

  /// A text that is one of several.
  func choice(_ names: String..., among known: [String]) throws(DecodeError) -> String? {
    try read(names, expected: known.map { "\"\($0)\"" }.joined(separator: " or ")) { json in
      json.string.flatMap { known.contains($0) ? $0 : nil }
    }
  }

  /// True or false, also as 1 or 0.
  func bool(_ names: String...) throws(DecodeError) -> Bool? {
    try read(names, expected: "true or false") { $0.truth }
  }

  // MARK: Numbers

  /// The limits of integers in configurations: far above what networks have, and small enough that the product of any
  /// three of them, times the size of a tensor's axis, is an `Int`.
  enum Limit {
    /// Kernel sizes, pool sizes, strides.
    static let window = 1...65536
    static let dilation = 1...1024
    /// Filters, units, heads.
    static let count = 1...(1 << 24)
    /// Groups, depth multipliers.
    static let groups = 1...65536
    /// Rows or columns added or removed.
    static let border = 0...4096
    /// Factors of up-sampling, repetitions.
    static let factor = 1...4096
    /// Height and width of an image.
    static let side = 1...16384
    /// Axes, counted from either end.
    static let axis = -16...16
    /// Sizes of an input's axes.
    static let size = 0...Int(Int32.max)
  }

  func integer(_ names: String..., in range: ClosedRange<Int>) throws(DecodeError) -> Int? {
    try read(names, expected: "an integer \(range.text)") { $0.integer(in: range) }
  }

  /// A finite number.
  func float(_ names: String..., in range: ClosedRange<Float>? = nil) throws(DecodeError) -> Float? {
    let largest = Float.greatestFiniteMagnitude
    let limits = range ?? -largest...largest
    let expected = range.map { "a number from \($0.lowerBound) to \($0.upperBound)" } ?? "a finite number"
    return try read(names, expected: expected) { json in
      json.singleNumber.map(Float.init).flatMap { limits.contains($0) ? $0 : nil }
    }
  }

  /// A number, or nil for infinity too: an upper bound.
  func upperBound(_ names: String...) throws(DecodeError) -> Float? {
    let value = try read(names, expected: "a number") { json in
      json.singleNumber.flatMap { $0.isNaN ? nil : Float($0) }
    }
    return value.flatMap { $0.isFinite ? $0 : nil }
  }

  /// One size, also as a list of one.
  func single(_ names: String..., in range: ClosedRange<Int>) throws(DecodeError) -> Int? {
    try read(names, expected: "an integer \(range.text)") { json in
      json.integer(in: range) ?? json.array.flatMap { $0.count == 1 ? $0[0].integer(in: range) : nil }
    }
  }

  /// Two sizes, written as a pair or as one number for both.
  func pair(_ names: String..., in range: ClosedRange<Int>) throws(DecodeError) -> (Int, Int)? {
    try read(names, expected: "one or two integers \(range.text)") { $0.pair(in: range) }
  }

  /// A list of integers, also one integer by itself.
  func integers(_ names: String..., in range: ClosedRange<Int>) throws(DecodeError) -> [Int]? {
    try read(names, expected: "integers \(range.text)") { $0.integers(in: range) }
  }

  /// Numbers of a list nested to any depth, such as the mean of a Normalization.
  func floats(_ names: String...) throws(DecodeError) -> [Float]? {
    try read(names, expected: "a number or a list of numbers") { json in
      json.floats.flatMap { $0.isEmpty ? nil : $0 }
    }
  }

  /// Borders as one number, (rows, columns), ((top, bottom), (left, right)), or Keras 1's dictionary or 4-tuple.
  func borders(_ names: String...) throws(DecodeError) -> Borders? {
    try read(names, expected: "two pairs of integers \(Limit.border.text)") { Borders($0, in: Limit.border) }
  }

  // MARK: Shapes and axes

  /// A shape in which null is an unknown size.
  private func readShape(_ names: String...) throws(DecodeError) -> [Int?]? {
    try read(names, expected: "a list of sizes, each an integer or null") { Self.shape($0) }
  }

  static func shape(_ json: JSON) -> [Int?]? {
    guard let values = json.array, values.count <= 16,
      values.allSatisfy({ $0.isNull || $0.integer(in: Limit.size) != nil })
    else { return nil }
    return values.map { $0.integer(in: Limit.size) }
  }

  /// The shape of the input with the batch axis, if the configuration states it.
  var inputShape: [Int?]? {
    get throws(DecodeError) {
      if let shape = try readShape("batch_input_shape", "batch_shape") { return shape }
      if let shape = try readShape("input_shape") { return [nil] + shape }
      if let size = try integer("input_dim", in: Limit.size) { return [nil, size] }
      return builtInputShape
    }
  }

  /// Checks the keys that are read without a decoder: the order of axes, and whether the layer is trained.
  func checkCommonKeys() throws(DecodeError) {
    _ = try choice("data_format", "dim_ordering", among: Self.dataFormats)
    _ = try bool("trainable")
  }

  private static let dataFormats = ["channels_last", "channels_first", "tf", "th", "default"]

  /// Whether the layer takes its images as (channels, height, width); nil if it does not say.
  var isChannelsFirst: Bool? {
    switch value("data_format", "dim_ordering")?.string {
    case "channels_first", "th": true
    case "channels_last", "tf": false
    default: nil
    }
  }
}

/// Rows and columns at the four edges of a map.
struct Borders: Equatable {
  var top, bottom, left, right: Int

  /// nil if the value is malformed.
  init?(_ json: JSON, in range: ClosedRange<Int>) {
    if json.isObject, json.array == nil {
      func side(_ name: String) -> Int? {
        json[name + "_pad"].map { $0.integer(in: range) } ?? 0
      }
      guard let top = side("top"), let bottom = side("bottom"), let left = side("left"),
        let right = side("right")
      else { return nil }
      (self.top, self.bottom, self.left, self.right) = (top, bottom, left, right)
    } else if let pair = json.pair(in: range) {
      (top, bottom, left, right) = (pair.0, pair.0, pair.1, pair.1)
    } else if let sides = json.integers(in: range), sides.count == 4 {
      (top, bottom, left, right) = (sides[0], sides[1], sides[2], sides[3])
    } else if let values = json.array, values.count == 2, let rows = values[0].pair(in: range),
      let columns = values[1].pair(in: range)
    {
      (top, bottom, left, right) = (rows.0, rows.1, columns.0, columns.1)
    } else {
      return nil
    }
  }
}

extension ClosedRange<Int> {
  fileprivate var text: String { "from \(lowerBound) to \(upperBound)" }
}
