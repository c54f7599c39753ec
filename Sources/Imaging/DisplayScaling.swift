public import SaliencyCore

/// How the values of a map become numbers from 0 to 1 for a colour map.
public enum DisplayScaling: Sendable, Hashable, Codable {
  /// The smallest value is 0 and the largest 1.
  case minMax
  /// Values above this percentile of the map are cut off to it first (D. Smilkov et al., "SmoothGrad",
  /// arXiv:1706.03825: 99), so that a few bright points do not leave the rest black.
  case clipped(percentile: Float)
  /// 0 stays in the middle, at 0.5, and both signs have one scale, up to this percentile of the magnitudes.
  case symmetric(percentile: Float)
  /// The same two values for several maps, so that their colours can be compared.
  case fixed(ClosedRange<Float>)

  /// The values that get the first and the last colour, or nil for a map that means nothing.
  ///
  /// Percentiles lie between neighbours in rank, as in `numpy.percentile`. Where a percentile leaves no
  /// range, because nearly all values are equal, the largest value is taken instead.
  public func range(of map: SaliencyMap) -> ClosedRange<Float>? {
    guard map.defect == nil, let low = map.values.min(), let high = map.values.max() else { return nil }
    switch self {
    case .minMax:
      return low...high
    case .clipped(let percentile):
      let limit = Self.percentile(percentile, of: map.values)
      return low...(limit > low ? limit : high)
    case .symmetric(let percentile):
      let magnitudes = map.values.map(abs)
      let limit = Self.percentile(percentile, of: magnitudes)
      let reach = limit > 0 ? limit : max(-low, high)
      return -reach...reach
    case .fixed(let range):
      return range
    }
  }

  /// A value's place in a range, cut off to 0...1.
  static func place(of value: Float, in range: ClosedRange<Float>) -> Float {
    // In double precision, because the difference of two large floats may be infinite.
    let (low, high) = (Double(range.lowerBound), Double(range.upperBound))
    guard low < high else { return Double(value) > low ? 1 : 0 }
    return Float(min(max((Double(value) - low) / (high - low), 0), 1))
  }

  /// The value below which `percentile` of 100 values lie, linear between neighbours in rank.
  static func percentile(_ percentile: Float, of values: [Float]) -> Float {
    guard !values.isEmpty else { return 0 }
    var values = values
    let rank = Double(min(max(percentile, 0), 100)) / 100 * Double(values.count - 1)
    let below = Int(rank)
    let from = Double(values.select(below))
    guard let above = values[(below + 1)...].min() else { return Float(from) }
    return Float(from + (Double(above) - from) * (rank - Double(below)))
  }
}

extension [Float] {
  /// Puts the element of a rank in its place, with none larger before it and none smaller behind it.
  ///
  /// What sorting would do, without sorting the rest: Hoare's "find", doi:10.1145/366622.366647.
  fileprivate mutating func select(_ rank: Int) -> Float {
    var (low, high) = (0, count - 1)
    while low < high {
      let pivot = self[low + (high - low) / 2]
      var (i, j) = (low, high)
      repeat {
        while self[i] < pivot { i += 1 }
        while pivot < self[j] { j -= 1 }
        if i <= j {
          swapAt(i, j)
          (i, j) = (i + 1, j - 1)
        }
      } while i <= j
      if rank <= j { high = j } else if rank >= i { low = i } else { break }
    }
    return self[rank]
  }
}
