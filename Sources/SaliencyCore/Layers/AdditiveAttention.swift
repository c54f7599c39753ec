import Foundation

/// Additive attention: softmax over keys of sum_d weight_d tanh(inner (q_d + k_d)), times the values.
///
/// Inputs in Keras' order: query `[N, ..., D]`, value `[N, ..., V]`, key `[N, ..., D]`; output `[N, ..., V]` with the query's
/// positions. D. Bahdanau, K. Cho, Y. Bengio, "Neural Machine Translation by Jointly Learning to Align and Translate",
/// ICLR 2015, arXiv:1409.0473.
public struct AdditiveAttention: Layer {
  /// One weight, or one for each channel of the query.
  public let weights: [Float]
  /// The factor inside the hyperbolic tangent.
  public let inner: Float

  public init(weights: [Float] = [1], inner: Float = 1) {
    precondition(!weights.isEmpty, "at least one weight")
    self.weights = weights
    self.inner = inner
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let (query, value, key) = try AttentionWeights.checked(inputs)
    let depth = query[query.rank - 1]
    guard depth == key[key.rank - 1], weights.count == 1 || weights.count == depth else {
      throw .rejected(inputs, wanted: "as many channels in the query as in the key and in its weights")
    }
    return Shape(query.dimensions.dropLast() + [value[value.rank - 1]])
  }

  private func weight(_ channel: Int) -> Double { Double(weights[weights.count == 1 ? 0 : channel]) }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let (query, value, key) = (inputs[0], inputs[1], inputs[2])
    let width = value.channels
    let (rows, columns) = (query.shape.positions, value.shape.positions)
    return Tensor(shape: Shape(query.shape.dimensions.dropLast() + [width])) { result in
      query.withUnsafeScalars { q in
        value.withUnsafeScalars { v in
          key.withUnsafeScalars { k in
            for i in 0..<(query.batchSize * rows) {
              let first = i / max(rows, 1) * columns
              let shares = shares(q, k, query: i, keys: first..<first + columns, depth: query.channels)
              for c in 0..<width {
                result[i * width + c] = Float(
                  (0..<columns).reduce(0.0) { $0 + shares[$1] * Double(v[(first + $1) * width + c]) })
              }
            }
          }
        }
      }
    }
  }

  /// The softmax of the scores of one query.
  private func shares(
    _ q: UnsafeBufferPointer<Float>, _ k: UnsafeBufferPointer<Float>, query i: Int, keys: Range<Int>,
    depth: Int
  ) -> [Double] {
    var scores = keys.map { j in
      (0..<depth).reduce(0.0) { sum, d in
        sum + weight(d) * tanh(Double(inner) * (Double(q[i * depth + d]) + Double(k[j * depth + d])))
      }
    }
    AttentionWeights.softmax(&scores)
    return scores
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let inputs = step.inputs
    let (rows, columns) = (inputs[0].shape.positions, inputs[1].shape.positions)
    let (depth, width) = (inputs[0].channels, inputs[1].channels)
    var gradients = inputs.map { [Double](repeating: 0, count: $0.count) }
    inputs[0].withUnsafeScalars { q in
      inputs[1].withUnsafeScalars { v in
        inputs[2].withUnsafeScalars { k in
          signal.withUnsafeScalars { g in
            for i in 0..<(inputs[0].batchSize * rows) {
              let keys = (i / max(rows, 1) * columns)..<((i / max(rows, 1) + 1) * columns)
              let shares = shares(q, k, query: i, keys: keys, depth: depth)
              let byShare = keys.map { j in
                (0..<width).reduce(0.0) { $0 + Double(g[i * width + $1]) * Double(v[j * width + $1]) }
              }
              let byScore = AttentionWeights.softmaxPullback(shares, byShare)
              for (n, j) in keys.enumerated() {
                for c in 0..<width { gradients[1][j * width + c] += shares[n] * Double(g[i * width + c]) }
                for d in 0..<depth {
                  let curve = tanh(Double(inner) * (Double(q[i * depth + d]) + Double(k[j * depth + d])))
                  let part = byScore[n] * weight(d) * Double(inner) * (1 - curve * curve)
                  gradients[0][i * depth + d] += part
                  gradients[2][j * depth + d] += part
                }
              }
            }
          }
        }
      }
    }
    return zip(inputs, gradients).map { Tensor(shape: $0.shape, scalars: $1.map(Float.init)) }
  }
}
