internal import SaliencyCore

/// The drops of the explained score as random subsets of the pixels are removed, the same for every map.
struct SubsetRemovals: Sendable {
  /// The pixels of each sample, in the order in which they are drawn: a subset of n is the first n.
  let order: [[Int32]]
  /// The numbers of pixels of the subsets.
  let sizes: [Int]
  /// The drop for each size, for each sample.
  let drops: [[Double]]

  /// The sum of a map over each sample's subset of a size.
  func sums(of map: SaliencyMap, size: Int) -> [Double] {
    order.map { pixels in pixels.prefix(size).reduce(0) { $0 + Double(map.values[Int($1)]) } }
  }
}

extension Subject {
  /// Removes the first pixels of random orders, `samples` subsets for each size.
  func subsetRemovals(sizes: [Int], samples: Int, fill: Fill) throws -> SubsetRemovals {
    let key = "subsets \(sizes) x \(samples), fill \(fill.rawValue), seed \(seed)"
    return try shared.value(for: key) {
      let most = sizes.max() ?? 0
      let order = (0..<samples).map { sample in
        random(.subsets, sample).permutation(of: map.values.count).prefix(most).map(Int32.init)
      }
      let (replacement, channels) = (replacement(fill), input.shape[3])
      let before = try explainedScore()
      let drops = try sizes.map { size in
        try responses(.explainedScore, to: samples) { sample, copy in
          copy.take(order[sample].prefix(size).lazy.map(Int.init), of: replacement, channels: channels)
        }.map { before - $0 }
      }
      return SubsetRemovals(order: order, sizes: sizes, drops: drops)
    }
  }
}
