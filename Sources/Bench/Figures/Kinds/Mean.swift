internal import Metrics
internal import SaliencyCore

/// One number about one image.
struct Sample: Sendable {
  /// The index of the image: the bootstrap resamples images.
  let image: Int
  let value: Double
}

/// A mean over images with its bootstrap interval.
struct Mean: Sendable {
  let value: Double?
  let interval: ClosedRange<Double>?
  let count: Int

  init(_ samples: [Sample], seed: UInt64) {
    let observations = Observations(
      images: samples.map(\.image), classes: samples.map { _ in 0 }, values: samples.map(\.value))
    value = observations.mean
    interval = Bootstrap(seed: seed).intervals([observations])[0]
    count = samples.count
  }

  /// The largest instead, which has no interval.
  init(largestOf samples: [Sample]) {
    value = samples.map(\.value).max()
    interval = nil
    count = samples.count
  }

  func text(_ format: Template.Format) -> String {
    guard let value else { return "–" }
    return format(value) + (interval.map { " [\(format($0.lowerBound)), \(format($0.upperBound))]" } ?? "")
  }
}
