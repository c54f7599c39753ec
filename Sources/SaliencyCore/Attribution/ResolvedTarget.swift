internal import Foundation

/// A target in a model, for one image: a number made of the values of one node, and its derivative.
///
/// The number is a transform of `sum_k weight_k value_k`; nearly always it is one value of the node.
public struct ResolvedTarget: Sendable {
  /// One summand.
  public struct Term: Sendable, Hashable {
    /// The place among the node's values, in row-major order.
    public let index: Int
    /// The factor of the value.
    public let weight: Float
  }

  /// How the values become the number that is explained.
  public enum Transform: Sendable, Hashable {
    /// The weighted sum as it is.
    case identity
    /// The softmax of the one value, over the values of a line: for a model that ends in logits.
    case softmax(over: Line)
    /// -log of that softmax.
    case negativeLogSoftmax(over: Line)
    /// -log of the value's sigmoid.
    case negativeLogSigmoid
  }

  /// Every `stride`-th of a node's values from `start` on: those that one softmax normalises.
  public struct Line: Sendable, Hashable {
    let start: Int
    let stride: Int
    let count: Int

    func index(_ k: Int) -> Int { start + k * stride }
  }

  /// The target, with indices in place of ranks and labels.
  public let target: Target
  /// The value of a class or position that names none itself.
  public let score: ScoreKind
  /// The node whose values are read.
  public let node: NodeID
  /// The summands.
  public let terms: [Term]
  /// How the sum becomes the number that is explained.
  public let transform: Transform
  /// The target, with what is read of each class written out.
  let record: Target

  /// The target's only class; nil for a combination of classes, and for a position.
  public var classIndex: Int? {
    switch target {
    case .index(let index), .logit(.index(let index)), .probability(.index(let index)),
      .negativeLogProbability(.index(let index)), .output(.index(let index)):
      index
    default: nil
    }
  }

  /// Whether the target is one class, of which the request's kind of score is explained.
  public var isPlainClass: Bool { if case .index = target { true } else { false } }

  /// The target as results record it, with labels where they are known: `logit(boxer)`, `difference(boxer, tiger cat)`.
  ///
  /// `Target(parsing:labels:)` reads it back as the same target.
  public func text(labels: [String]?) -> String { record.text(labels: labels) }

  /// Whether the number is a weighted sum of the node's values.
  public var isLinear: Bool { transform == .identity }

  /// The number, given the node's values for the image.
  func score(of values: UnsafeBufferPointer<Float>) -> Float {
    switch transform {
    case .identity: Float(terms.reduce(0.0) { $0 + Double($1.weight) * Double(values[$1.index]) })
    case .softmax(let line): Float(exp(-surprise(values, line)))
    case .negativeLogSoftmax(let line): Float(surprise(values, line))
    case .negativeLogSigmoid: Float(Self.softplus(-Double(values[terms[0].index])))
    }
  }

  /// Writes the derivative of the number with respect to the node's values.
  ///
  /// - Parameters:
  ///   - values: The node's values for the image.
  ///   - seed: As many zeros.
  func writeDerivative(at values: UnsafeBufferPointer<Float>, to seed: UnsafeMutableBufferPointer<Float>) {
    switch transform {
    case .identity: for term in terms { seed[term.index] += term.weight }
    case .softmax(let line):
      // dp_i / dz_j = p_i (1[i = j] - p_j)
      let own = exp(-surprise(values, line))
      writeSoftmaxLoss(values, line, times: -own, to: seed)
    case .negativeLogSoftmax(let line): writeSoftmaxLoss(values, line, times: 1, to: seed)
    case .negativeLogSigmoid:
      let index = terms[0].index
      seed[index] = Float(-1 / (1 + exp(Double(values[index]))))
    }
  }

  /// (p_j - 1[j = i]) times a factor.
  private func writeSoftmaxLoss(
    _ values: UnsafeBufferPointer<Float>, _ line: Line, times factor: Double,
    to seed: UnsafeMutableBufferPointer<Float>
  ) {
    let total = Self.logSumExp(values, line)
    for k in 0..<line.count {
      let index = line.index(k)
      let probability = exp(Double(values[index]) - total)
      seed[index] = Float(factor * (probability - (index == terms[0].index ? 1 : 0)))
    }
  }

  /// -log p of the value in a softmax over a line.
  private func surprise(_ values: UnsafeBufferPointer<Float>, _ line: Line) -> Double {
    Self.logSumExp(values, line) - Double(values[terms[0].index])
  }

  private static func logSumExp(_ values: UnsafeBufferPointer<Float>, _ line: Line) -> Double {
    let top = (0..<line.count).reduce(-Double.infinity) { max($0, Double(values[line.index($1)])) }
    return top + log((0..<line.count).reduce(0) { $0 + exp(Double(values[line.index($1)]) - top) })
  }

  /// log(1 + exp(x)), without overflow.
  private static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
}

extension ResolvedTarget: Hashable {
  /// Whether the same number is explained, however it was written.
  public static func == (a: ResolvedTarget, b: ResolvedTarget) -> Bool {
    a.node == b.node && a.terms == b.terms && a.transform == b.transform
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(node)
    hasher.combine(terms)
    hasher.combine(transform)
  }
}

/// What is read of a class or position for which the target does not say it.
public enum ScoreKind: String, Sendable, Codable, CaseIterable {
  /// The target's score before the final softmax or sigmoid.
  case preSoftmax = "pre-softmax"
  /// The model's output as it is.
  case output
  /// -log p, the cross-entropy loss.
  case loss
}
