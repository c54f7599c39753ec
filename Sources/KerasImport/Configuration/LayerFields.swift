/// The `config` of a layer, read by type, under the names of any Keras version.
struct LayerFields: Sendable {
  let json: JSON
  /// The input shape that Keras 3 notes beside the configuration.
  var builtInputShape: [Int?]?

  init(_ json: JSON) { self.json = json }

  /// The first of several names that is present and not null.
  func value(_ names: String...) -> JSON? {
    for name in names {
      if let value = json[name], !value.isNull { return value }
    }
    return nil
  }

  func string(_ name: String) -> String? { value(name)?.string }
  func bool(_ name: String) -> Bool? { value(name)?.bool }
  func integer(_ name: String) -> Int? { value(name)?.integer }
  func float(_ name: String) -> Float? { Self.number(value(name)).map(Float.init) }

  /// A number, also where it stands in a list of one, or as the object a NumPy scalar is written as.
  private static func number(_ json: JSON?) -> Double? {
    guard let json else { return nil }
    return json.number ?? json.array?.first?.number ?? json["config"]?["value"]?.number
  }

  /// Two sizes, written as a pair or as one number for both.
  func pair(_ name: String) -> (Int, Int)? { Self.pair(value(name)) }

  static func pair(_ json: JSON?) -> (Int, Int)? {
    if let one = json?.integer { return (one, one) }
    guard let values = json?.array, values.count == 2, let a = values[0].integer, let b = values[1].integer
    else { return nil }
    return (a, b)
  }

  func integers(_ name: String) -> [Int]? {
    guard let json = value(name) else { return nil }
    if let one = json.integer { return [one] }
    guard let values = json.array else { return nil }
    let integers = values.compactMap(\.integer)
    return integers.count == values.count ? integers : nil
  }

  /// Numbers of a list nested to any depth, such as the mean of a Normalization.
  func floats(_ name: String) -> [Float]? { value(name).flatMap(Self.floats) }

  private static func floats(_ json: JSON) -> [Float]? {
    if let one = json.number { return [Float(one)] }
    if let inner = json["config"]?["value"] { return floats(inner) }
    guard let values = json.array else { return nil }
    var result: [Float] = []
    for value in values {
      guard let part = floats(value) else { return nil }
      result += part
    }
    return result
  }

  /// A shape in which null is an unknown size.
  func shape(_ name: String) -> [Int?]? { value(name).flatMap(Self.shape) }

  static func shape(_ json: JSON) -> [Int?]? {
    guard let values = json.array, values.allSatisfy({ $0.isNull || $0.integer.map { $0 >= 0 } ?? false })
    else { return nil }
    return values.map(\.integer)
  }

  /// The shape of the input with the batch axis, where the configuration tells.
  var inputShape: [Int?]? {
    shape("batch_input_shape") ?? shape("batch_shape") ?? shape("input_shape").map { [nil] + $0 }
      ?? integer("input_dim").map { [nil, $0] } ?? builtInputShape
  }

  /// Whether the layer takes its images as (channels, height, width); nil where it does not say.
  var isChannelsFirst: Bool? {
    switch value("data_format", "dim_ordering")?.string {
    case "channels_first", "th": true
    case "channels_last", "tf": false
    default: nil
    }
  }
}
