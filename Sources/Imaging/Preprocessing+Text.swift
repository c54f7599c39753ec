/// The written form, as in a sidecar, an experiment file, or on the command line: `none`, `unit`, `tf`,
/// `caffe`, `torch`, `caffe(104,117,123)` (means in the order blue, green, red), `torch(m,m,m,s,s,s)` and
/// `rescaling(scale,offset)`, in which a number may be a fraction: `rescaling(1/127.5,-1)`.
extension Preprocessing: CustomStringConvertible, Codable {
  private static let named: [(name: String, value: Preprocessing)] = [
    ("none", .unchanged), ("unit", .unit), ("tf", .tf), ("caffe", .caffe), ("torch", .torch),
  ]

  static let names = named.map(\.name) + ["rescaling"]

  /// Reads the written form, without regard to case and spaces.
  ///
  ///     try Preprocessing("caffe(104, 117, 123)")
  public init(_ text: String) throws(PreprocessingError) {
    let compact = text.lowercased().filter { !$0.isWhitespace }
    if let known = Self.named.first(where: { $0.name == compact }) {
      self = known.value
      return
    }
    let name = String(compact.prefix { $0 != "(" })
    guard let wanted = Self.wantedNumbers[name] else { throw .unknown(text) }
    guard compact.hasSuffix(")") else { throw .wrongNumbers(text, wanted: wanted) }
    let fields = compact.dropFirst(name.count + 1).dropLast().split(
      separator: ",", omittingEmptySubsequences: false)
    let numbers = fields.compactMap(Self.number)
    guard numbers.count == fields.count, let value = Self(name, numbers) else {
      throw .wrongNumbers(text, wanted: wanted)
    }
    if name == "scale" { throw .replaced(text, by: value) }
    self = value
  }

  private static let wantedNumbers = [
    "rescaling": rescalingNumbers,
    "scale": rescalingNumbers,
    "caffe": "three means in the order blue, green, red, as in caffe(104,117,123)",
    "torch": "three means and three deviations in the order red, green, blue, the deviations not 0",
  ]

  private static let rescalingNumbers =
    "rescaling(scale) or rescaling(scale,offset), which is x * scale + offset, as in rescaling(1/127.5,-1); the scale not 0"

  /// A number, or a fraction of two, finite.
  private static func number(_ text: Substring) -> Float? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let value: Float?
    switch parts.count {
    case 1: value = Float(parts[0])
    case 2:
      guard let above = Double(parts[0]), let below = Double(parts[1]) else { return nil }
      value = Float(above / below)
    default: return nil
    }
    return value.flatMap { $0.isFinite ? $0 : nil }
  }

  private init?(_ name: String, _ numbers: [Float]) {
    switch (name, numbers.count) {
    case ("rescaling", 1...2) where numbers[0] != 0:
      self = .rescaling(scale: numbers[0], offset: numbers.count > 1 ? numbers[1] : 0)
    case ("scale", 1...2) where numbers[0] != 0:
      // What it meant: x / divisor - offset.
      let scale = Float(1 / Double(numbers[0]))
      self = .rescaling(scale: scale, offset: numbers.count > 1 ? 0 - numbers[1] : 0)
    case ("caffe", 3):
      self = .caffe(means: numbers)
    case ("torch", 6) where !numbers[3...].contains(0):
      self = .torch(means: Array(numbers[..<3]), deviations: Array(numbers[3...]))
    default:
      return nil
    }
  }

  public var description: String {
    if let known = Self.named.first(where: { $0.value == self }) { return known.name }
    switch self {
    case .unit: return "unit"
    case .tf: return "tf"
    case .rescaling(let scale, let offset):
      return "rescaling("
        + ([Self.fraction(scale)] + (offset == 0 ? [] : [Self.text(offset)])).joined(separator: ",") + ")"
    case .caffe(let means): return "caffe" + Self.list(means)
    case .torch(let means, let deviations): return "torch" + Self.list(means + deviations)
    }
  }

  private static func list(_ numbers: [Float]) -> String {
    "(" + numbers.map(text).joined(separator: ",") + ")"
  }

  private static func text(_ number: Float) -> String {
    number == number.rounded() && abs(number) < 1e6 ? String(Int(number)) : number.description
  }

  /// A scale as `1/255`, if that is shorter than its digits and means the same number.
  private static func fraction(_ scale: Float) -> String {
    let digits = text(scale)
    let reciprocal = 1 / Double(scale)
    for power in [1.0, 10, 100, 1000] {
      let below = (reciprocal * power).rounded() / power
      let written = "1/\(text(Float(below)))"
      if number(written[...]) == scale, written.count < digits.count { return written }
    }
    return digits
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    try self.init(container.decode(String.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
