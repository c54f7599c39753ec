public import SaliencyCore

extension SaliencyMap {
  /// The numbers of the pixels (row-major) by falling value; equal values keep the order of their numbers.
  public var ranking: [Int] { descendingOrder(of: values) }

  /// The ranking of a map that is not constant.
  ///
  /// - Throws: `NotApplicable` for a constant map.
  public func requiredRanking() throws(NotApplicable) -> [Int] {
    try requireContrast()
    return ranking
  }

  /// Checks that a map holds more than one value.
  ///
  /// - Throws: `NotApplicable` for a constant map.
  public func requireContrast() throws(NotApplicable) {
    guard let defect else { return }
    throw NotApplicable("the map is \(defect.rawValue)")
  }
}

/// The indices of finite numbers by falling value; equal ones keep their order.
func descendingOrder(of values: [Float]) -> [Int] {
  // Value and index in one word, so that sorting needs no comparison but that of integers.
  var keys = values.enumerated().map { index, value in
    UInt64(~orderedBits(value)) << 32 | UInt64(UInt32(index))
  }
  keys.sort()
  return keys.map { Int($0 & 0xFFFF_FFFF) }
}

/// Bits that are ordered as the numbers are; 0 and -0 are one.
func orderedBits(_ value: Float) -> UInt32 {
  let bits = (value + 0).bitPattern
  return bits & 0x8000_0000 == 0 ? bits | 0x8000_0000 : ~bits
}
