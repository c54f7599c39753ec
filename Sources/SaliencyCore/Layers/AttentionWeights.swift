import Foundation

/// What the attention layers share: a softmax over the scores of one query, and the weighted mean of the values.
///
/// Plain loops in double precision; a row of scores is computed again in the backward pass rather than kept.
enum AttentionWeights {
  /// Scores to weights that sum to 1, in place.
  static func softmax(_ scores: inout [Double]) {
    let top = scores.max() ?? 0
    var total = 0.0
    for j in scores.indices {
      scores[j] = exp(scores[j] - top)
      total += scores[j]
    }
    for j in scores.indices { scores[j] /= total }
  }

  /// The gradient at the scores, given the weights and the gradient at the weights.
  static func softmaxPullback(_ weights: [Double], _ gradient: [Double]) -> [Double] {
    let mean = zip(weights, gradient).reduce(0.0) { $0 + $1.0 * $1.1 }
    return zip(weights, gradient).map { $0 * ($1 - mean) }
  }

  /// The shapes of query, value and key, checked: leading axes are positions, the last one is channels.
  ///
  /// - Throws: `GraphError.badInputs` if there are not three inputs, or value and key have different positions.
  static func checked(_ inputs: [Shape]) throws(GraphError) -> (query: Shape, value: Shape, key: Shape) {
    guard inputs.count == 3, inputs.allSatisfy({ $0.rank >= 2 }) else {
      throw .rejected(inputs, wanted: "query, value and key, each (positions, channels)")
    }
    guard inputs[1].dimensions.dropLast() == inputs[2].dimensions.dropLast() else {
      throw .rejected(inputs, wanted: "as many positions in the key as in the value")
    }
    return (inputs[0], inputs[1], inputs[2])
  }
}

extension Shape {
  /// The number of positions of a batched `[N, ..., C]` shape in one sample.
  var positions: Int { dimensions.dropFirst().dropLast().reduce(1, *) }
}
