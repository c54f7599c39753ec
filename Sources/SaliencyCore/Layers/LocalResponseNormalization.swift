import Foundation

/// Each element divided by a power of the squares around it: x / (bias + alpha / size * sum of x^2 over neighbouring channels)^beta.
///
/// Channels are the last axis; `size` of them are summed, `(size - 1) / 2` before and the rest after.
/// A. Krizhevsky, I. Sutskever, G. Hinton, "ImageNet Classification with Deep Convolutional Neural Networks", NeurIPS 2012.
public struct LocalResponseNormalization: Layer {
  /// The number of channels that are summed.
  public let size: Int
  /// The factor of the sum, before it is divided by `size`.
  public let alpha: Float
  /// The exponent.
  public let beta: Float
  /// What is added to the sum.
  public let bias: Float

  public init(size: Int, alpha: Float = 1e-4, beta: Float = 0.75, bias: Float = 1) {
    precondition(size > 0, "at least one channel")
    self.size = size
    self.alpha = alpha
    self.beta = beta
    self.bias = bias
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let shape = try inputs.only()
    guard shape.rank > 0 else { throw .rejected(inputs, wanted: "at least one axis") }
    return shape
  }

  /// The channels whose squares are summed for a channel.
  private func neighbours(_ channel: Int, of channels: Int) -> Range<Int> {
    max(channel - (size - 1) / 2, 0)..<min(channel + size / 2 + 1, channels)
  }

  private func base(_ row: UnsafeBufferPointer<Float>.SubSequence, _ channel: Int) -> Double {
    let squares = neighbours(channel, of: row.count).reduce(0.0) {
      $0 + Double(row[row.startIndex + $1]) * Double(row[row.startIndex + $1])
    }
    return Double(bias) + Double(alpha) / Double(size) * squares
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let (input, channels) = (inputs[0], inputs[0].channels)
    return Tensor(shape: input.shape) { result in
      input.withUnsafeScalars { a in
        for row in stride(from: 0, to: a.count, by: max(channels, 1)) {
          let values = a[row..<(row + channels)]
          for c in 0..<channels {
            result[row + c] = Float(Double(a[row + c]) * pow(base(values, c), -Double(beta)))
          }
        }
      }
    }
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let (input, channels) = (step.inputs[0], signal.channels)
    let factor = 2 * Double(alpha) / Double(size) * Double(beta)
    return [
      Tensor(shape: input.shape) { result in
        input.withUnsafeScalars { a in
          signal.withUnsafeScalars { g in
            for row in stride(from: 0, to: a.count, by: max(channels, 1)) {
              let bases = (0..<channels).map { base(a[row..<(row + channels)], $0) }
              var gradient = (0..<channels).map { Double(g[row + $0]) * pow(bases[$0], -Double(beta)) }
              for c in 0..<channels {
                let share =
                  Double(g[row + c]) * Double(a[row + c]) * pow(bases[c], -Double(beta) - 1) * factor
                for i in neighbours(c, of: channels) { gradient[i] -= share * Double(a[row + i]) }
              }
              for c in 0..<channels { result[row + c] = Float(gradient[c]) }
            }
          }
        }
      }
    ]
  }
}
