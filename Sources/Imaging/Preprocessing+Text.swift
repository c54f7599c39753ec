/// The written form, as in a sidecar, an experiment file, or on the command line: `none`, `unit`, `tf`,
/// `caffe`, `torch`, `caffe(104,117,123)` (means in the order blue, green, red), `torch(m,m,m,s,s,s)` and
/// `scale(divisor,offset)`.
extension Preprocessing: CustomStringConvertible, Codable {
  private static let named: [(name: String, value: Preprocessing)] = [
    ("none", .unchanged), ("unit", .unit), ("tf", .tf), ("caffe", .caffe), ("torch", .torch),
  ]

  static let names = named.map(\.name) + ["scale"]

  /// Reads the written form, without regard to case and spaces.
  ///
  ///     try Preprocessing("caffe(104, 117, 123)")
  public init(_ text: String) throws(PreprocessingError) {
    let compact = text.lowercased().filter { !$0.isWhitespace }
    if let known = Self.named.first(where: { $0.name == compact }) {
      self = known.value
      return
    }
    guard let open = compact.firstIndex(of: "("), compact.last == ")" else {
      throw compact == "scale"
        ? .wrongNumbers(text, wanted: Self.wantedNumbers["scale"] ?? "") : .unknown(text)
    }
    let name = String(compact[..<open])
    guard let wanted = Self.wantedNumbers[name] else { throw .unknown(text) }
    let fields = compact[compact.index(after: open)...].dropLast().split(
      separator: ",", omittingEmptySubsequences: false)
    let numbers = fields.compactMap { Float($0) }.filter(\.isFinite)
    guard numbers.count == fields.count, let value = Self(name, numbers) else {
      throw .wrongNumbers(text, wanted: wanted)
    }
    self = value
  }

  private static let wantedNumbers = [
    "scale": "scale(divisor) or scale(divisor,offset), the divisor not 0",
    "caffe": "three means in the order blue, green, red, as in caffe(104,117,123)",
    "torch": "three means and three deviations in the order red, green, blue, the deviations not 0",
  ]

  private init?(_ name: String, _ numbers: [Float]) {
    switch (name, numbers.count) {
    case ("scale", 1...2) where numbers[0] != 0:
      self = .scale(divisor: numbers[0], offset: numbers.count > 1 ? numbers[1] : 0)
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
    case .scale(let divisor, let offset):
      return "scale" + Self.list(offset == 0 ? [divisor] : [divisor, offset])
    case .caffe(let means): return "caffe" + Self.list(means)
    case .torch(let means, let deviations): return "torch" + Self.list(means + deviations)
    }
  }

  private static func list(_ numbers: [Float]) -> String {
    let texts = numbers.map { number in
      number == number.rounded() && abs(number) < 1e6 ? String(Int(number)) : number.description
    }
    return "(" + texts.joined(separator: ",") + ")"
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
