/// How the values of a saliency map are scaled.
public enum MapNormalisation: String, Sendable, Codable, CaseIterable {
  /// Not at all.
  case unchanged = "none"
  /// From the smallest value, 0, to the largest, 1.
  case minMax = "min-max"
  /// Divided by the largest value (PAIR's Grad-CAM).
  case max
  /// Divided by the largest magnitude: -1 to 1.
  case maxAbs = "max-abs"
  /// From the smallest value, 0, to the 99th percentile, 1; larger values become 1 (PAIR, after Smilkov 2017).
  case percentile99 = "percentile-99"
  /// Divided by the magnitude at which the sum of the magnitudes, the smallest first, reaches 98%; cut off to -1...1 (Captum).
  case mass98 = "mass-98"

  /// The scaled map; a map that cannot be scaled (constant, all zero, not finite) as it is.
  func callAsFunction(_ map: SaliencyMap) -> SaliencyMap {
    guard self != .unchanged, map.defect == nil, let low = map.values.min(), let high = map.values.max()
    else {
      return map
    }
    switch self {
    case .unchanged: return map
    case .minMax: return map.mapped { ($0 - Double(low)) / (Double(high) - Double(low)) }
    case .max: return high > 0 ? map.mapped { $0 / Double(high) } : map
    case .maxAbs: return map.mapped { $0 / Double(Swift.max(-low, high)) }
    case .percentile99:
      let top = Double(Self.percentile(99, of: map.values))
      guard top > Double(low) else { return map }
      return map.mapped { Swift.min(($0 - Double(low)) / (top - Double(low)), 1) }
    case .mass98:
      let limit = Self.mass(98, of: map.values)
      return limit > 0 ? map.mapped { Swift.min(Swift.max($0 / limit, -1), 1) } : map
    }
  }

  /// The value of a percentile, linear between neighbours in rank, as `numpy.percentile`.
  private static func percentile(_ percentile: Double, of values: [Float]) -> Float {
    let sorted = values.sorted()
    let rank = percentile / 100 * Double(sorted.count - 1)
    let below = Int(rank)
    let above = Swift.min(below + 1, sorted.count - 1)
    return Float(
      Double(sorted[below]) + (Double(sorted[above]) - Double(sorted[below])) * (rank - Double(below)))
  }

  private static func mass(_ share: Double, of values: [Float]) -> Double {
    let magnitudes = values.map { Double(abs($0)) }.sorted()
    let total = magnitudes.reduce(0, +)
    var sum = 0.0
    for value in magnitudes {
      sum += value
      if sum >= total * share / 100 { return value }
    }
    return magnitudes.last ?? 0
  }
}

extension SaliencyMap {
  fileprivate func mapped(_ change: (Double) -> Double) -> SaliencyMap {
    SaliencyMap(height: height, width: width, values: values.map { Float(change(Double($0))) })
  }
}
