/// Scaled dot-product attention: softmax(scale * q kᵀ) v, for one or several heads.
///
/// Inputs in Keras' order: query `[N, ..., heads * D]`, value `[N, ..., keyValueHeads * V]`, key `[N, ..., keyValueHeads * D]`;
/// output `[N, ..., heads * V]` with the query's positions. All positions of a sample attend to all others. With fewer heads of
/// keys and values than of queries, consecutive query heads share one (grouped-query attention, arXiv:2305.13245).
/// A. Vaswani et al., "Attention Is All You Need", NeurIPS 2017, arXiv:1706.03762.
public struct DotProductAttention: Layer {
  /// The number of heads of the query.
  public let heads: Int
  /// The number of heads of key and value.
  public let keyValueHeads: Int
  /// The factor of the products of query and key.
  public let scale: Float

  /// Attention with a number of heads; `keyValueHeads` is `heads` unless given.
  public init(heads: Int = 1, keyValueHeads: Int? = nil, scale: Float = 1) {
    let shared = keyValueHeads ?? heads
    precondition(
      heads > 0 && shared > 0 && heads % shared == 0, "\(heads) heads over \(shared) of keys and values")
    self.heads = heads
    self.keyValueHeads = shared
    self.scale = scale
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let (query, value, key) = try AttentionWeights.checked(inputs)
    let channels = [query, value, key].map { $0[$0.rank - 1] }
    guard channels[0] % heads == 0, channels[1] % keyValueHeads == 0, channels[2] % keyValueHeads == 0,
      channels[0] / heads == channels[2] / keyValueHeads
    else {
      throw .rejected(
        inputs, wanted: "as many channels for each of the query's \(heads) heads as the key has")
    }
    return Shape(query.dimensions.dropLast() + [channels[1] / keyValueHeads * heads])
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let (query, value, key) = (inputs[0], inputs[1], inputs[2])
    let width = value.channels / keyValueHeads
    let shape = Shape(query.shape.dimensions.dropLast() + [width * heads])
    return Tensor(shape: shape) { result in
      query.withUnsafeScalars { q in
        value.withUnsafeScalars { v in
          key.withUnsafeScalars { k in
            forEachHead(query.shape, value.shape) { head in
              for i in 0..<head.queries {
                let weights = head.weights(q, k, query: i, scale: scale)
                for c in 0..<width {
                  var sum = 0.0
                  for j in 0..<head.values { sum += weights[j] * Double(v[head.value(j) + c]) }
                  result[head.output(i) + c] = Float(sum)
                }
              }
            }
          }
        }
      }
    }
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let inputs = step.inputs
    var gradients = inputs.map { [Double](repeating: 0, count: $0.count) }
    inputs[0].withUnsafeScalars { q in
      inputs[1].withUnsafeScalars { v in
        inputs[2].withUnsafeScalars { k in
          signal.withUnsafeScalars { g in
            forEachHead(inputs[0].shape, inputs[1].shape) { head in
              for i in 0..<head.queries {
                head.pullback(g, q, v, k, query: i, scale: Double(scale), into: &gradients)
              }
            }
          }
        }
      }
    }
    return zip(inputs, gradients).map { Tensor(shape: $0.shape, scalars: $1.map(Float.init)) }
  }

  private func forEachHead(_ query: Shape, _ value: Shape, _ body: (AttentionHead) -> Void) {
    let (depth, width) = (query[query.rank - 1] / heads, value[value.rank - 1] / keyValueHeads)
    for sample in 0..<query[0] {
      for head in 0..<heads {
        body(
          AttentionHead(
            queries: query.positions, values: value.positions, depth: depth, width: width, heads: heads,
            shared: keyValueHeads, head: head, sample: sample))
      }
    }
  }
}

/// One head of one sample: where its rows lie.
private struct AttentionHead {
  let queries, values, depth, width, heads, shared, head, sample: Int

  private var sharedHead: Int { head / (heads / shared) }
  func query(_ i: Int) -> Int { (sample * queries + i) * heads * depth + head * depth }
  func key(_ j: Int) -> Int { (sample * values + j) * shared * depth + sharedHead * depth }
  func value(_ j: Int) -> Int { (sample * values + j) * shared * width + sharedHead * width }
  func output(_ i: Int) -> Int { (sample * queries + i) * heads * width + head * width }

  func weights(
    _ q: UnsafeBufferPointer<Float>, _ k: UnsafeBufferPointer<Float>, query i: Int, scale: Float
  ) -> [Double] {
    let from = query(i)
    var scores = (0..<values).map { j in
      let to = key(j)
      return (0..<depth).reduce(0.0) { $0 + Double(q[from + $1]) * Double(k[to + $1]) } * Double(scale)
    }
    AttentionWeights.softmax(&scores)
    return scores
  }

  /// Adds the gradients of query, value and key that one query's output has.
  func pullback(
    _ g: UnsafeBufferPointer<Float>, _ q: UnsafeBufferPointer<Float>, _ v: UnsafeBufferPointer<Float>,
    _ k: UnsafeBufferPointer<Float>, query i: Int, scale: Double, into gradients: inout [[Double]]
  ) {
    let weights = weights(q, k, query: i, scale: Float(scale))
    let (from, signal) = (query(i), output(i))
    var byWeight = [Double](repeating: 0, count: values)
    for j in 0..<values {
      for c in 0..<width {
        byWeight[j] += Double(g[signal + c]) * Double(v[value(j) + c])
        gradients[1][value(j) + c] += weights[j] * Double(g[signal + c])
      }
    }
    let byScore = AttentionWeights.softmaxPullback(weights, byWeight)
    for j in 0..<values {
      for d in 0..<depth {
        gradients[0][from + d] += scale * byScore[j] * Double(k[key(j) + d])
        gradients[2][key(j) + d] += scale * byScore[j] * Double(q[from + d])
      }
    }
  }
}
