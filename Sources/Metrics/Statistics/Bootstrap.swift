internal import SaliencyCore

/// Bootstrap confidence intervals over images.
///
/// B. Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics 1979, doi:10.1214/aos/1176344552; the percentile
/// interval. Images are drawn with all that belongs to them (two objects of one image are not independent), and the
/// same images for every method and metric.
package struct Bootstrap: Sendable {
  let statistics: Statistics
  let seed: UInt64

  package init(statistics: Statistics = Statistics(), seed: UInt64) {
    self.statistics = statistics
    self.seed = seed
  }

  /// The interval of each set of numbers' mean; nil where fewer than two images have one.
  package func intervals(_ sets: [Observations]) -> [ClosedRange<Double>?] {
    let images = Array(Set(sets.flatMap(\.images))).sorted()
    guard let last = images.last else { return sets.map { _ in nil } }
    let suitable = sets.map { Set($0.images).count > 1 }
    var means = sets.map { _ in [Double]() }
    var weights = [Int](repeating: 0, count: last + 1)
    for draw in 0..<statistics.resamples {
      let random = CounterRandom(seed: seed, path: Self.stream, UInt64(draw))
      for i in weights.indices { weights[i] = 0 }
      for k in images.indices { weights[images[random.integer(below: images.count, at: k)]] += 1 }
      for (s, set) in sets.enumerated() where suitable[s] {
        if let mean = set.mean(weighting: { weights[$0] }) { means[s].append(mean) }
      }
    }
    let tail = (1 - statistics.confidence) / 2
    return means.map { means in
      let sorted = means.filter(\.isFinite).sorted()
      guard !sorted.isEmpty else { return nil }
      // Numbers near the largest float overflow between two order statistics.
      let (low, high) = (Self.quantile(tail, of: sorted), Self.quantile(1 - tail, of: sorted))
      return low <= high ? low...high : nil
    }
  }

  /// Between the two nearest order statistics.
  package static func quantile(_ share: Double, of sorted: [Double]) -> Double {
    let place = share * Double(sorted.count - 1)
    let below = Int(place)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
  }

  private static let stream: UInt64 = 0x626F_6F74
}
