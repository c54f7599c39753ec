public import SaliencyCore

extension Model {
  /// Sixteen hexadecimal digits made from every weight and the names and shapes of the layers: the same for the same
  /// network, whichever file it came from.
  ///
  /// To notice a mix-up, not an attack (FNV-1a of 64 bits).
  public var fingerprint: String {
    var key: UInt64 = 0xCBF2_9CE4_8422_2325
    func add(_ value: UInt64) { key = (key ^ value) &* 0x0000_0100_0000_01B3 }
    var seen = Set<String>()
    for node in graph.nodes {
      for byte in node.name.utf8 { add(UInt64(byte)) }
      for source in node.inputs { add(UInt64(source.index)) }
      for size in node.shape.dimensions { add(UInt64(size)) }
      guard let layer = node.layer as? any ParametricLayer, seen.insert(node.owner).inserted else { continue }
      for parameter in layer.parameters { add(parameter.value.contentKey) }
    }
    return Fingerprint.digits(key)
  }
}

/// Keys as text.
public enum Fingerprint {
  /// Sixteen hexadecimal digits.
  public static func digits(_ key: UInt64) -> String {
    let digits = String(key, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
