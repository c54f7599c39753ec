/// Mean and standard deviation of some numbers, in two passes.
struct Moments {
  let mean: Double
  /// The population's standard deviation.
  let deviation: Double

  init(_ values: some Collection<Double>) {
    let count = Double(max(values.count, 1))
    let mean = values.reduce(0, +) / count
    self.mean = mean
    deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
  }
}
