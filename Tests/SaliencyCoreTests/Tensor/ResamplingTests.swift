import SaliencyCore
import Testing

@testable import Support

@Suite struct ResamplingTests {
  static let sizes = [(1, 1), (2, 5), (7, 7), (3, 4), (16, 9), (5, 31)]

  private func noise(_ shape: Shape, _ path: UInt64) -> Tensor {
    CounterRandom(seed: 3, path: path).uniform(-1..<1, shape: shape)
  }

  @Test func numbersWrittenByHand() {
    let pair = Tensor(shape: [1, 1, 2, 1], scalars: [0, 1])
    #expect(Resize.bilinear(pair, to: (1, 4)).scalars == [0, 0.25, 0.75, 1])
    #expect(Resize.nearest(pair, to: (1, 4)).scalars == [0, 0, 1, 1])
    #expect(Resize.bilinear(pair, to: (2, 1)).scalars == [0.5, 0.5])
    let four = Tensor(shape: [1, 4, 1, 1], scalars: [0, 2, 4, 10])
    // Plain bilinear looks at two pixels; antialiased at all within twice the scale: 1/8, 3/8, 3/8, 1/8.
    #expect(Resize.bilinear(four, to: (2, 1)).scalars == [1, 7])
    let shrunk = Resize.bilinear(four, to: (2, 1), antialias: true).scalars
    let expected: [Float] = [(3 * 0 + 3 * 2 + 4) / 7, (2 + 3 * 4 + 3 * 10) / 7]
    #expect(zip(shrunk, expected).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test(arguments: Interpolation.allCases, sizes)
  func transposeHasTheSameInnerProduct(_ interpolation: Interpolation, _ size: (Int, Int)) {
    let input = noise([2, 6, 8, 3], 1)
    let output = Resize.apply(interpolation, to: input, size: size)
    #expect(output.shape == [2, size.0, size.1, 3])
    let signal = noise(output.shape, 2)
    let back = Resize.pullback(interpolation, of: signal, size: (6, 8))
    #expect(abs(output.dot(signal) - input.dot(back)) < 1e-5)
  }

  @Test(arguments: Interpolation.allCases, sizes)
  func constantsStayConstant(_ interpolation: Interpolation, _ size: (Int, Int)) {
    let output = Resize.apply(interpolation, to: Tensor(repeating: 0.1, shape: [1, 6, 8, 1]), size: size)
    let tolerance: Float = interpolation == .antialiased ? 1e-7 : 0
    #expect(output.scalars.allSatisfy { abs($0 - 0.1) <= tolerance })
  }

  @Test(arguments: Interpolation.allCases)
  func sameSizeIsUntouchedAndABatchIsItsSingles(_ interpolation: Interpolation) {
    let input = noise([3, 5, 4, 2], 4)
    #expect(Resize.apply(interpolation, to: input, size: (5, 4)) == input)
    let batch = Resize.apply(interpolation, to: input, size: (9, 3))
    for n in 0..<3 {
      #expect(batch.sample(n) == Resize.apply(interpolation, to: input.sample(n), size: (9, 3)))
    }
  }

  /// The tensor between the two axes would take 40 GB in the other order.
  @Test func theTensorInBetweenIsNoLargerThanInputOrOutput() {
    let column = Tensor(repeating: 3, shape: [1, 1_000_000, 1, 1])
    let wide = Resize.apply(.bilinear, to: column, size: (2, 10_000))
    #expect(wide.shape == [1, 2, 10_000, 1] && wide.scalars.allSatisfy { $0 == 3 })
    let back = Resize.pullback(.bilinear, of: wide, size: (1_000_000, 1))
    #expect(back.shape == [1, 1_000_000, 1, 1])
  }

  @Test func theOrderOfTheAxesChangesNoMoreThanRounding() {
    let input = noise([1, 40, 5, 2], 6)
    for interpolation in Interpolation.allCases {
      let rowsFirst = Resize.apply(interpolation, to: input, size: (9, 17))
      let wide = Resize.apply(interpolation, to: input, size: (40, 17))
      let columnsFirst = Resize.apply(interpolation, to: wide, size: (9, 17))
      #expect(zip(rowsFirst.scalars, columnsFirst.scalars).allSatisfy { abs($0 - $1) < 1e-6 })
    }
  }

  /// Shrinking by a whole number and no antialiasing skips pixels; antialiasing keeps the mean of the picture.
  @Test func antialiasingKeepsWhatPlainBilinearSkips() {
    let stripes = Tensor(shape: [1, 1, 64, 1], scalars: (0..<64).map { $0 % 4 == 0 ? 1 : 0 })
    #expect(Resize.bilinear(stripes, to: (1, 16)).sum == 0)
    let kept = Resize.bilinear(stripes, to: (1, 16), antialias: true)
    #expect(kept.scalars.dropFirst().dropLast().allSatisfy { abs($0 - 0.25) < 1e-6 })
  }
}
