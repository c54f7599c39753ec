internal import Foundation
internal import SaliencyCore

/// The rules of DeepLIFT: multipliers that carry the difference between two forward passes through each nonlinear layer.
///
/// If m_j are multipliers at a layer's outputs, those at its inputs satisfy sum_i m_i (x_i - x'_i) = sum_j m_j (y_j - y'_j).
struct DifferenceRules {
  /// The other forward pass of each image.
  let references: [Tape]
  /// A difference of inputs below which the multiplier is the derivative.
  let threshold: Float

  init(_ references: [Tape], threshold: Float) {
    (self.references, self.threshold) = (references, threshold)
  }

  /// Whether the nonlinear layer has a rule.
  static func know(_ layer: any Layer) -> Bool {
    layer is any ElementwiseLayer || layer is PReLU || layer is MaxPool2D || layer is GlobalMaxPool2D
      || layer is Softmax || layer is Merge || layer is Dot
  }

  var map: RuleMap {
    RuleMap {
      Apply(RescaleRule(rules: self), to: .family((any ElementwiseLayer).self))
      Apply(RescaleRule(rules: self), to: PReLU.self)
      Apply(MaximumRule(rules: self), to: MaxPool2D.self, GlobalMaxPool2D.self)
      Apply("maxima", MaximumRule(rules: self)) { ($0.layer as? Merge)?.operation == .maximum }
      Apply("minima", MaximumRule(rules: self, isMinimum: true)) {
        ($0.layer as? Merge)?.operation == .minimum
      }
      Apply("products", ProductRule(rules: self)) { ($0.layer as? Merge)?.operation == .multiply }
      Apply(ProductRule(rules: self), to: Dot.self)
      Apply(SoftmaxRule(rules: self), to: Softmax.self)
    }
  }

  /// The layer of a step in the other forward pass.
  fileprivate func reference(of step: Step) -> Step {
    guard let node = step.node else { return step }
    func value(_ id: NodeID) -> Tensor { Tensor(concatenating: references.map { $0[id] }) }
    return Step(
      name: step.name, layer: step.layer, inputs: node.inputs.map(value), output: value(node.id))
  }

  /// Contributions of inputs as multipliers: divided by the difference of the inputs.
  fileprivate func multipliers(_ contributions: Tensor, _ input: Tensor, _ other: Tensor, else slope: Tensor)
    -> Tensor
  {
    let difference = input - other
    return contributions.zip(difference) { abs($1) < threshold ? .nan : $0 / $1 }
      .zip(slope) { $0.isNaN ? $1 : $0 }
  }
}

/// A function of one element: (y - y') / (x - x'), the derivative where x and x' are equal.
private struct RescaleRule: BackwardRule {
  let rules: DifferenceRules

  func propagate(_ signal: Tensor, through step: Step) -> [Tensor] {
    let other = rules.reference(of: step)
    let change = step.output - other.output
    return [
      rules.multipliers(signal * change, step.inputs[0], other.inputs[0], else: step.pullback(signal)[0])
    ]
  }
}

/// A maximum y: what it rises above y' is given to the element that rose, what it falls to the element that fell.
///
/// With t = max(y, y'), y - y' = (t - y') + (y - t): the first part goes to where the maximum is now, the second to
/// where it was. Of a minimum, t = min(y, y').
private struct MaximumRule: BackwardRule {
  let rules: DifferenceRules
  var isMinimum = false

  func propagate(_ signal: Tensor, through step: Step) -> [Tensor] {
    let other = rules.reference(of: step)
    let top = step.output.zip(other.output) { isMinimum ? min($0, $1) : max($0, $1) }
    let now = step.pullback(signal * (top - other.output))
    let before = other.pullback(signal * (step.output - top))
    let slopes = step.pullback(signal)
    let (inputs, others) = (step.inputs, other.inputs)
    return inputs.indices.map {
      rules.multipliers(now[$0] + before[$0], inputs[$0], others[$0], else: slopes[$0])
    }
  }
}

/// A product: x y - x' y' = (x - x') (y + y') / 2 + (y - y') (x + x') / 2, the gradient half way; factor after factor.
private struct ProductRule: BackwardRule {
  let rules: DifferenceRules

  func propagate(_ signal: Tensor, through step: Step) -> [Tensor] {
    let other = rules.reference(of: step)
    let (inputs, others) = (step.inputs, other.inputs)
    if inputs.count == 2 { return halfway(step.layer, signal, inputs, others) }
    // ((x y) z) ...: the products so far, in both passes.
    var (products, otherProducts) = ([inputs[0]], [others[0]])
    for i in 1..<inputs.count {
      products.append(step.layer([products[i - 1], inputs[i]]))
      otherProducts.append(step.layer([otherProducts[i - 1], others[i]]))
    }
    var (result, signal) = (inputs, signal)
    for i in (1..<inputs.count).reversed() {
      let parts = halfway(
        step.layer, signal, [products[i - 1], inputs[i]], [otherProducts[i - 1], others[i]])
      (signal, result[i]) = (parts[0], parts[1])
    }
    result[0] = signal
    return result
  }

  private func halfway(_ layer: any Layer, _ signal: Tensor, _ inputs: [Tensor], _ others: [Tensor])
    -> [Tensor]
  {
    let middle = zip(inputs, others).map { a, b in a.zip(b) { ($0 + $1) * 0.5 } }
    return Step(layer: layer, inputs: middle, output: signal).pullback(signal)
  }
}

/// A softmax as exponentials e, their sum s, and the products e · (1 / s), each with its own rule.
private struct SoftmaxRule: BackwardRule {
  let rules: DifferenceRules

  func propagate(_ signal: Tensor, through step: Step) -> [Tensor] {
    guard let softmax = step.layer as? Softmax else { return step.pullback(signal) }
    let (input, other) = (step.inputs[0], rules.reference(of: step).inputs[0])
    let axis = input.shape.rank + softmax.axis
    let count = input.shape[axis]
    let stride = input.shape.dimensions[(axis + 1)...].reduce(1, *)
    var result = signal
    result.withUnsafeMutableScalars { result in
      for start in 0..<(input.count / max(count, 1)) {
        let first = start / stride * count * stride + start % stride
        let line = (0..<count).map { first + $0 * stride }
        let multipliers = self.line(
          line.map { Double(result[$0]) }, line.map { Double(input[$0]) }, line.map { Double(other[$0]) })
        for (index, multiplier) in zip(line, multipliers) { result[index] = Float(multiplier) }
      }
    }
    return [result]
  }

  private func line(_ signal: [Double], _ x: [Double], _ other: [Double]) -> [Double] {
    let top = max(x.max() ?? 0, other.max() ?? 0)
    let (e, f) = (x.map { exp($0 - top) }, other.map { exp($0 - top) })
    let (s, t) = (e.reduce(0, +), f.reduce(0, +))
    let inverse = (1 / s + 1 / t) / 2
    // The multiplier of the sum: 1 / s - 1 / t is -(s - t) / (s t).
    let sum = -signal.indices.reduce(0) { $0 + signal[$1] * (e[$1] + f[$1]) / 2 } / (s * t)
    return x.indices.map { i in
      let difference = x[i] - other[i]
      let slope = abs(difference) < Double(rules.threshold) ? e[i] : (e[i] - f[i]) / difference
      return (signal[i] * inverse + sum) * slope
    }
  }
}
