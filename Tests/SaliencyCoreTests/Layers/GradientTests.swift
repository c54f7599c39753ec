import SaliencyCore
import TestSupport
import Testing

/// Every layer's pullback is the transpose of its derivative, and the check that says so can fail.
@Suite struct GradientTests {
  @Test(arguments: LayerCase.all)
  func pullbackAgreesWithCentralDifferences(_ item: LayerCase) {
    let errors = GradientCheck().inputErrors(of: item.layer, at: item.inputs())
    #expect(errors.allSatisfy { $0 < GradientCheck.tolerance }, "\(item): \(errors)")
  }

  @Test(arguments: LayerCase.all.filter { $0.layer is any ParametricLayer })
  func parameterPullbackAgreesWithCentralDifferences(_ item: LayerCase) throws {
    let layer = try #require(item.layer as? any ParametricLayer)
    let errors = GradientCheck().parameterErrors(of: layer, at: item.inputs(batch: 3))
    #expect(errors.allSatisfy { $0.error < GradientCheck.tolerance }, "\(item): \(errors)")
  }

  @Test(arguments: LayerCase.all)
  func shapesAreThoseOfTheInputsAndTheOutput(_ item: LayerCase) throws {
    let step = Step(applying: item.layer, to: item.inputs(batch: 3))
    #expect(step.output.shape == (try item.layer.outputShape(for: item.shapes)).batched(3))
    #expect(step.pullback(step.output).map(\.shape) == step.inputs.map(\.shape))
    if let layer = item.layer as? any ParametricLayer {
      let gradients = layer.parameterPullback(step.output, at: step)
      #expect(gradients.map(\.shape) == layer.parameters.map(\.value.shape))
    }
  }

  /// What the tolerance's documentation says.
  @Test func correctLayersStayWellBelowTheTolerance() {
    let errors = LayerCase.all.map {
      ($0.description, GradientCheck().inputErrors(of: $0.layer, at: $0.inputs()).max() ?? 0)
    }
    let worst = errors.max { $0.1 < $1.1 } ?? ("", .infinity)
    #expect(worst.1 < GradientCheck.tolerance / 3, "\(worst)")
  }

  // MARK: The check itself

  @Test(arguments: [Mistake.scaled, .rolled, .missingTerm, .zero, .oneElement])
  func aWrongPullbackIsCaught(_ mistake: Mistake) {
    for item in LayerCase.all {
      let wrong = Mistaken(layer: item.layer, mistake: mistake)
      let errors = GradientCheck().inputErrors(of: wrong, at: item.inputs())
      #expect(errors[0] > 3 * GradientCheck.tolerance, "\(mistake) \(item): \(errors)")
    }
  }

  @Test(arguments: [Mistake.scaled, .missingTerm, .zero, .oneElement])
  func aWrongParameterPullbackIsCaught(_ mistake: Mistake) throws {
    for item in LayerCase.all {
      guard let layer = item.layer as? any ParametricLayer else { continue }
      for error in wrongErrors(layer, mistake, item.inputs()) {
        #expect(error.error > 3 * GradientCheck.tolerance, "\(mistake) \(item): \(error)")
      }
    }
  }

  private func wrongErrors(
    _ layer: some ParametricLayer, _ mistake: Mistake, _ inputs: [Tensor]
  ) -> [(name: String, error: Double)] {
    GradientCheck().parameterErrors(of: MistakenParameters(layer: layer, mistake: mistake), at: inputs)
  }

  @Test func swappedPartsAreCaught() {
    for operation in [Merge.Operation.subtract, .multiply] {
      let inputs = Points.anywhere.inputs(of: [[2, 3, 4], [2, 3, 4]])
      let wrong = Swapped(layer: Merge(operation))
      #expect(GradientCheck().inputErrors(of: wrong, at: inputs).allSatisfy { $0 > 0.1 })
    }
  }
}

/// What can be wrong with a gradient.
enum Mistake: Sendable {
  case scaled, rolled, missingTerm, zero, oneElement

  func callAsFunction(_ gradient: Tensor) -> Tensor {
    let values = gradient.scalars
    switch self {
    case .scaled: return gradient * 1.1
    // All numbers right, each in its neighbour's place: what a transposed axis does.
    case .rolled: return Tensor(shape: gradient.shape, scalars: Array(values.dropFirst() + values.prefix(1)))
    case .missingTerm:
      // Every seventh of the elements that are not zero anyway.
      var seen = 0
      return gradient.map { value in
        if value != 0 { seen += 1 }
        return seen % 7 == 1 ? 0 : value
      }
    case .zero: return gradient * 0
    case .oneElement:
      let largest = gradient.magnitude.indexOfMaximum
      return Tensor(
        shape: gradient.shape, scalars: values.enumerated().map { $0.offset == largest ? 0 : $0.element })
    }
  }
}

/// A layer whose pullback is wrong.
private struct Mistaken: Layer {
  let layer: any Layer
  let mistake: Mistake

  func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape { try layer.outputShape(for: inputs) }
  func callAsFunction(_ inputs: [Tensor]) -> Tensor { layer(inputs) }
  func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    layer.pullback(signal, at: step).map { mistake($0) }
  }
}

/// A layer whose parameter pullback is wrong.
private struct MistakenParameters<Base: ParametricLayer>: ParametricLayer {
  let layer: Base
  let mistake: Mistake

  var parameters: [Parameter] { layer.parameters }
  func replacingParameters(_ values: [Tensor]) -> Self {
    Self(layer: layer.replacingParameters(values), mistake: mistake)
  }
  func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape { try layer.outputShape(for: inputs) }
  func callAsFunction(_ inputs: [Tensor]) -> Tensor { layer(inputs) }
  func pullback(_ signal: Tensor, at step: Step) -> [Tensor] { layer.pullback(signal, at: step) }
  func parameterPullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    layer.parameterPullback(signal, at: step).map { mistake($0) }
  }
}

/// A layer that gives each of two inputs the other's part.
private struct Swapped: Layer {
  let layer: any Layer

  func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape { try layer.outputShape(for: inputs) }
  func callAsFunction(_ inputs: [Tensor]) -> Tensor { layer(inputs) }
  func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    layer.pullback(signal, at: step).reversed()
  }
}
