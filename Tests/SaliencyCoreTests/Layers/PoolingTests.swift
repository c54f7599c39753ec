import SaliencyCore
import TestSupport
import Testing

/// Pooling against its definition, and the choices that a definition leaves open.
@Suite struct PoolingTests {
  @Test(arguments: 0..<40)
  func randomShapesAgreeWithTheDefinition(_ number: Int) {
    let random = CounterRandom(seed: 51, path: UInt64(number))
    func roll(_ low: Int, _ high: Int, _ at: Int) -> Int {
      low + random.integer(below: high - low + 1, at: at)
    }
    let (height, width) = (roll(1, 4, 0), roll(1, 4, 1))
    let (strides, padding) = ((roll(1, 3, 2), roll(1, 3, 3)), roll(0, 1, 4) == 0 ? Padding.valid : .same)
    let shape: Shape = [2, height + roll(0, 6, 5), width + roll(0, 6, 6), roll(1, 4, 7)]
    let input = CounterRandom(seed: 52, path: UInt64(number)).normal(shape: shape)
    let largest = MaxPool2D(height, width, strides: strides, padding: padding)
    #expect(largest([input]) == Reference.pool(largest.window, input) { $0.max() ?? .nan })
    let mean = AveragePool2D(height, width, strides: strides, padding: padding)
    let reference = Reference.pool(mean.window, input) {
      Float($0.reduce(0) { $0 + Double($1) } / Double($0.count))
    }
    #expect(mean([input]).relativeError(to: reference) < 1e-6)
  }

  /// As in TensorFlow: of equal maxima the first in row-major order takes the whole gradient.
  @Test func tiesGoToTheFirstMaximum() {
    let flat = Tensor(repeating: 2, shape: [1, 2, 2, 1])
    let one = Tensor(repeating: 1, shape: [1, 1, 1, 1])
    #expect(Step(applying: MaxPool2D(2, 2), to: [flat]).pullback(one)[0].scalars == [1, 0, 0, 0])
    let last = Tensor(shape: [1, 2, 2, 1], scalars: [0, 1, 3, 3])
    #expect(Step(applying: MaxPool2D(2, 2), to: [last]).pullback(one)[0].scalars == [0, 0, 1, 0])
  }

  /// As in TensorFlow, whose global pooling is a reduction: equal maxima share the gradient.
  @Test func equalGlobalMaximaShareTheGradient() {
    let map = Tensor(shape: [1, 2, 2, 2], scalars: [0, 5, 1, -1, 3, 5, 3, 5])
    let gradient = Tensor(shape: [1, 2], scalars: [4, 6])
    let step = Step(applying: GlobalMaxPool2D(), to: [map])
    #expect(step.output.scalars == [3, 5])
    #expect(step.pullback(gradient)[0].scalars == [0, 2, 0, 0, 2, 2, 2, 2])
  }

  /// Where windows overlap, an element that wins twice is paid twice.
  @Test func anElementThatWinsTwiceIsPaidTwice() {
    let row = Tensor(shape: [1, 1, 3, 1], scalars: [0, 5, 1])
    let step = Step(applying: MaxPool2D(1, 2, strides: (1, 1)), to: [row])
    #expect(step.output.scalars == [5, 5])
    #expect(step.pullback(Tensor(shape: [1, 1, 2, 1], scalars: [2, 3]))[0].scalars == [0, 5, 0])
  }

  /// Padding is no zero: it never wins, and it does not count towards a mean.
  @Test func paddingNeverTakesPart() {
    let negative = Tensor(repeating: -4, shape: [1, 3, 3, 1])
    #expect(MaxPool2D(2, 2, padding: .same)([negative]).scalars == [-4, -4, -4, -4])
    #expect(AveragePool2D(2, 2, padding: .same)([negative]).scalars == [-4, -4, -4, -4])
  }

  @Test func globalPoolingByHand() {
    // Two positions, two channels: channel 0 holds 1, 3; channel 1 holds -2, -6.
    let map = Tensor(shape: [1, 1, 2, 2], scalars: [1, -2, 3, -6])
    #expect(GlobalAveragePool2D()([map]) == Tensor(shape: [1, 2], scalars: [2, -4]))
    #expect(GlobalMaxPool2D(keepsAxes: true)([map]) == Tensor(shape: [1, 1, 1, 2], scalars: [3, -2]))
    let step = Step(applying: GlobalAveragePool2D(), to: [map])
    #expect(step.pullback(Tensor(shape: [1, 2], scalars: [4, 10]))[0].scalars == [2, 5, 2, 5])
  }
}
