internal import Foundation

/// Adam: steps along a running mean of the gradient, divided by the root of a running mean of its square.
///
/// D. P. Kingma, J. Ba, "Adam", ICLR 2015, arXiv:1412.6980, algorithm 1.
struct Adam {
  let rate: Float
  private var first: [Float]
  private var second: [Float]
  private var steps = 0

  private static let (beta1, beta2, epsilon) = (Float(0.9), Float(0.999), Float(1e-8))

  init(rate: Float, count: Int) {
    self.rate = rate
    first = [Float](repeating: 0, count: count)
    second = first
  }

  /// One step downhill.
  mutating func step(_ parameters: inout [Float], along gradient: [Float]) {
    steps += 1
    let bias1 = 1 - Float(pow(Double(Self.beta1), Double(steps)))
    let bias2 = 1 - Float(pow(Double(Self.beta2), Double(steps)))
    for i in parameters.indices {
      first[i] += (1 - Self.beta1) * (gradient[i] - first[i])
      second[i] += (1 - Self.beta2) * (gradient[i] * gradient[i] - second[i])
      parameters[i] -= rate * (first[i] / bias1) / ((second[i] / bias2).squareRoot() + Self.epsilon)
    }
  }
}
