import SaliencyCore
import TestSupport
import Testing

/// A batch gives, bit for bit, what its samples give one at a time.
@Suite struct BatchTests {
  @Test(arguments: LayerCase.all)
  func aBatchIsItsSingles(_ item: LayerCase) {
    let inputs = item.inputs(batch: 3)
    let whole = Step(applying: item.layer, to: inputs)
    let signal = CounterRandom(seed: 9).normal(shape: whole.output.shape)
    let pulled = whole.pullback(signal)
    for n in 0..<3 {
      let single = Step(applying: item.layer, to: inputs.map { $0.sample(n) })
      #expect(single.output.isIdentical(to: whole.output.sample(n)))
      for (part, all) in zip(single.pullback(signal.sample(n)), pulled) {
        #expect(part.isIdentical(to: all.sample(n)))
      }
    }
  }

  /// Sizes at which a faster kernel may cut the work differently.
  @Test(arguments: LayerCase.large)
  func aLargeBatchIsItsSingles(_ item: LayerCase) { aBatchIsItsSingles(item) }

  /// A broken image neither looks whole afterwards nor spoils its neighbours in the batch.
  @Test(arguments: LayerCase.all + LayerCase.large)
  func notANumberStaysInItsSample(_ item: LayerCase) {
    let inputs = item.inputs(batch: 2)
    let broken = inputs.map { input in
      Tensor(concatenating: [input.sample(0).map { _ in .nan }, input.sample(1)])
    }
    let (whole, step) = (Step(applying: item.layer, to: inputs), Step(applying: item.layer, to: broken))
    #expect(!step.output.sample(0).isFinite)
    #expect(step.output.sample(1).isIdentical(to: whole.output.sample(1)))
    let signal = CounterRandom(seed: 9).normal(shape: whole.output.shape)
    for (part, expected) in zip(step.pullback(signal), whole.pullback(signal)) {
      #expect(part.sample(1).isIdentical(to: expected.sample(1)))
    }
  }

  @Test func parameterGradientsAreSummedOverTheBatch() throws {
    for item in LayerCase.all {
      guard let layer = item.layer as? any ParametricLayer else { continue }
      let inputs = item.inputs(batch: 3)
      let whole = Step(applying: item.layer, to: inputs)
      let signal = CounterRandom(seed: 9).normal(shape: whole.output.shape)
      let singles = (0..<3).map { n in
        layer.parameterPullback(
          signal.sample(n), at: Step(applying: item.layer, to: inputs.map { $0.sample(n) }))
      }
      for (i, gradient) in layer.parameterPullback(signal, at: whole).enumerated() {
        let sum = singles.dropFirst().reduce(singles[0][i]) { $0 + $1[i] }
        #expect(gradient.relativeError(to: sum) < 1e-5, "\(item), parameter \(i)")
      }
    }
  }
}

extension LayerCase {
  /// Layers of the sizes that real networks have.
  static let large: [LayerCase] = [
    LayerCase(
      "VGG-like 3x3", Conv2D(kernel: noise([3, 3, 32, 48]), bias: noise([48]), padding: .same), [28, 28, 32]),
    LayerCase("late 3x3", Conv2D(kernel: noise([3, 3, 64, 64]), padding: .same), [14, 14, 64]),
    LayerCase("7x7 map", Conv2D(kernel: noise([3, 3, 96, 32]), padding: .same), [7, 7, 96]),
    LayerCase("1x1", Conv2D(kernel: noise([1, 1, 64, 128]), bias: noise([128])), [13, 13, 64]),
    LayerCase("stem", Conv2D(kernel: noise([7, 7, 3, 32]), strides: (2, 2), padding: .same), [65, 65, 3]),
    LayerCase(
      "strided 3x3", Conv2D(kernel: noise([3, 3, 32, 64]), strides: (2, 2), padding: .same), [27, 27, 32]),
    LayerCase("depthwise", DepthwiseConv2D(kernel: noise([3, 3, 64, 1]), padding: .same), [27, 27, 64]),
    LayerCase("dense", Dense(kernel: noise([2048, 300]), bias: noise([300])), [2048]),
    LayerCase("pooling", MaxPool2D(3, 3, strides: (2, 2)), [55, 55, 48], points: .apart),
    LayerCase("global pooling", GlobalAveragePool2D(), [13, 13, 300]),
  ]

  private static func noise(_ shape: Shape) -> Tensor { CounterRandom(seed: 31).normal(shape: shape) * 0.1 }
}
