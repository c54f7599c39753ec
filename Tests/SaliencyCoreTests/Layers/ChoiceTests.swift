import SaliencyCore
import TestSupport
import Testing

/// Derivatives where there is none: what `Guides/Conventions.md` says is chosen there.
@Suite struct ChoiceTests {
  private func pulled(_ layer: any Layer, _ inputs: [Float]..., signal: [Float]) -> [[Float]] {
    let tensors = inputs.map { Tensor(shape: [1, $0.count], scalars: $0) }
    let step = Step(applying: layer, to: tensors)
    return step.pullback(Tensor(shape: [1, signal.count], scalars: signal)).map(\.scalars)
  }

  @Test func aRectifierHasNoDerivativeAtItsEnds() {
    #expect(pulled(ReLU(), [0, -0.0, 1], signal: [5, 5, 5]) == [[0, 0, 5]])
    #expect(pulled(ReLU(maximum: 6), [0, 6, 5.5, 7], signal: [5, 5, 5, 5]) == [[0, 0, 5, 0]])
    #expect(pulled(ReLU(maximum: 2, threshold: 1), [1, 2, 1.5], signal: [5, 5, 5]) == [[0, 0, 5]])
    // Where Keras clips, the gradient passes at the maximum.
    #expect(
      pulled(ReLU(maximum: 2, passesMaximum: true), [0, 2, 1.5, 2.5], signal: [5, 5, 5, 5]) == [[0, 5, 5, 0]])
    #expect(
      pulled(LeakyReLU(slope: 0.5, maximum: 2, passesMaximum: true), [-1, 2, 3], signal: [4, 4, 4]) == [
        [2, 4, 0]
      ])
    // With a threshold, a unit that passes it gives its input, not the distance.
    #expect(ReLU(threshold: 1)([Tensor(shape: [1, 3], scalars: [1, 1.5, 0.5])]).scalars == [0, 1.5, 0])
  }

  /// As Keras: `LeakyReLU` takes its slope at 0, `PReLU`, which is made of two rectifiers there, nothing.
  @Test func leakyOnesAtZero() {
    #expect(pulled(LeakyReLU(slope: 0.5), [0, 1, -1], signal: [4, 4, 4]) == [[2, 4, 2]])
    let prelu = PReLU(alpha: Tensor(shape: [3], scalars: [0.5, 0.5, 0.25]))
    #expect(pulled(prelu, [0, 1, -1], signal: [4, 4, 4]) == [[0, 4, 1]])
  }

  /// Of equal extremes the first input takes the whole gradient, and only it.
  @Test func equalExtremesPayTheFirst() {
    let (a, b, c): ([Float], [Float], [Float]) = ([1, 2, 0], [1, 2, 3], [0, 2, 3])
    #expect(pulled(Merge(.maximum), a, b, c, signal: [5, 6, 7]) == [[5, 6, 0], [0, 0, 7], [0, 0, 0]])
    #expect(pulled(Merge(.minimum), a, b, c, signal: [5, 6, 7]) == [[0, 6, 7], [0, 0, 0], [5, 0, 0]])
  }
}
