public import SaliencyCore

/// The rule for products: the gated signal takes the relevance, the gate none.
///
/// Of a map and a factor for each of its channels (squeeze and excitation), the map takes all; of equal shapes, the
/// ones that are no sigmoid, tanh or softmax share it equally.
///
/// L. Arras et al., "Explaining recurrent neural network predictions in sentiment analysis", 2017, arXiv:1706.07206,
/// section 3.2.
///
/// Known deviations elsewhere: zennit has no rule for products and takes the gradient, which does not conserve relevance.
public struct GateRule: BackwardRule {
  public init() {}

  public func propagate(_ signal: Tensor, through step: Step) -> [Tensor] {
    let shapes = step.inputShapes
    let largest = shapes.map(\.count).max() ?? 0
    let wide = shapes.indices.filter { shapes[$0].count == largest }
    let open = wide.filter { !isGate(input: $0, of: step) }
    let takers = open.isEmpty ? wide : open
    let share = signal * (1 / Float(takers.count))
    // The pullback of a sum adds up what axes of size one repeat.
    let parts = Step(layer: Merge(.add), inputs: step.inputs, output: signal).pullback(share)
    return shapes.indices.map { takers.contains($0) ? parts[$0] : Tensor(repeating: 0, shape: shapes[$0]) }
  }

  private func isGate(input: Int, of step: Step) -> Bool {
    guard let graph = step.tape?.graph, let node = step.node else { return false }
    let layer = graph[node.inputs[input]].layer
    let activation = layer as? Activation
    return layer is Softmax || [.sigmoid, .hardSigmoid, .hardSigmoidKeras2, .tanh].contains(activation)
  }
}
