internal import SaliencyCore

/// The numbers of one method in one column, with what is needed to average them.
package struct Observations: Sendable {
  /// The image each number is about: images are what is drawn at random, not numbers.
  package let images: [Int]
  package let classes: [Int]
  /// The places of the requests, ascending.
  package let requests: [Int]
  package let values: [Double]
  package let average: MetricDescriptor.Average

  package init(
    images: [Int], classes: [Int], requests: [Int]? = nil, values: [Double],
    average: MetricDescriptor.Average = .images
  ) {
    self.images = images
    self.classes = classes
    self.requests = requests ?? Array(values.indices)
    self.values = values
    self.average = average
  }

  package var count: Int { values.count }

  /// The mean over the numbers, or over the classes of the mean over each class's; nil for none.
  package var mean: Double? { mean { _ in 1 } }

  /// The mean where each image counts as often as `weight` says.
  package func mean(weighting weight: (_ image: Int) -> Int) -> Double? {
    switch average {
    case .images:
      var (sum, count) = (0.0, 0)
      for i in values.indices {
        let times = weight(images[i])
        sum += Double(times) * values[i]
        count += times
      }
      return count > 0 ? sum / Double(count) : nil
    case .classes:
      var sums: [Int: (sum: Double, count: Int)] = [:]
      for i in values.indices {
        let times = weight(images[i])
        guard times > 0 else { continue }
        let before = sums[classes[i]] ?? (0, 0)
        sums[classes[i]] = (before.sum + Double(times) * values[i], before.count + times)
      }
      // In a fixed order, for sums of floats depend on it.
      let means = sums.sorted { $0.key < $1.key }.map { $0.value.sum / Double($0.value.count) }
      return means.isEmpty ? nil : means.reduce(0, +) / Double(means.count)
    }
  }

  /// What each image adds to the difference of two means over what both have, so that the difference is the sum.
  package func contributions(against other: Observations, places: [Int], otherPlaces: [Int]) -> [Double] {
    let weights: [Double]
    switch average {
    case .images: weights = places.map { _ in 1 / Double(max(places.count, 1)) }
    case .classes:
      var counts: [Int: Int] = [:]
      for place in places { counts[classes[place], default: 0] += 1 }
      weights = places.map { 1 / (Double(counts.count) * Double(counts[classes[$0]] ?? 1)) }
    }
    var result: [Double] = []
    var last: Int?
    for (k, place) in places.enumerated() {
      if images[place] != last { result.append(0) }
      last = images[place]
      result[result.count - 1] += weights[k] * (values[place] - other.values[otherPlaces[k]])
    }
    return result
  }
}
