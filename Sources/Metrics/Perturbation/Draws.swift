internal import SaliencyCore

/// What random numbers are drawn for: each purpose has streams of its own.
enum Draw: UInt64 {
  case fill = 1
  case imputation, infidelity, subsets, sensitivity, otherClass
  case resampling, information, smoothing
}

extension Subject {
  /// Random numbers that depend on the experiment's seed, the image's pixels, the purpose, and the draw's number: the same
  /// for every method, whatever the batch, the order, or the thread.
  func random(_ draw: Draw, _ number: Int = 0) -> CounterRandom {
    CounterRandom(seed: seed, path: imageKey, draw.rawValue, UInt64(number))
  }

  /// The largest value of the image less its smallest.
  ///
  /// - Throws: `NotApplicable` if they are equal: noise in proportion to it would be none.
  public func inputRange() throws(NotApplicable) -> Float {
    guard let bounds = input.bounds, bounds.high > bounds.low else {
      throw NotApplicable("the image is constant")
    }
    return bounds.high - bounds.low
  }
}
