import Foundation
import SaliencyCore
import Testing

/// Attention and normalisations worked out by hand.
@Suite struct AttentionTests {
  private func tensor(_ shape: Shape, _ scalars: [Float]) -> Tensor { Tensor(shape: shape, scalars: scalars) }

  /// One query (ln 3) and keys 1 and 0 give scores ln 3 and 0, weights 3/4 and 1/4, and 3/4 * 8 + 1/4 * 4 = 7.
  @Test func oneQueryOverTwoKeys() {
    let inputs = [
      tensor([1, 1, 1], [log(3)]), tensor([1, 2, 1], [8, 4]), tensor([1, 2, 1], [1, 0]),
    ]
    let step = Step(applying: DotProductAttention(), to: inputs)
    #expect(abs(step.output[0] - 7) < 1e-6)
    // d out / d v = the weights; d out / d score = w1 w2 (8 - 4) = 3/4 for the first, -3/4 for the second.
    let parts = step.pullback(tensor([1, 1, 1], [1])).map(\.scalars)
    #expect(abs(parts[1][0] - 0.75) < 1e-6 && abs(parts[1][1] - 0.25) < 1e-6)
    #expect(abs(parts[0][0] - 0.75) < 1e-6)
    #expect(abs(parts[2][0] - 0.75 * log(3)) < 1e-6 && abs(parts[2][1] + 0.75 * log(3)) < 1e-6)
  }

  /// Four query heads over two of keys and values: heads 0 and 1 read the first, heads 2 and 3 the second.
  @Test func headsThatShareKeysReadTheirOwn() {
    let inputs = [
      tensor([1, 1, 4], [0, 0, 0, 0]), tensor([1, 2, 2], [1, 10, 3, 30]), tensor([1, 2, 2], [0, 0, 0, 0]),
    ]
    #expect(DotProductAttention(heads: 4, keyValueHeads: 2)(inputs).scalars == [2, 2, 20, 20])
  }

  /// tanh(0) = 0 for both keys: the mean of the values.
  @Test func additiveScoresThatAreEqualGiveTheMean() {
    let inputs = [tensor([1, 1, 1], [2]), tensor([1, 2, 1], [1, 3]), tensor([1, 2, 1], [-2, -2])]
    #expect(AdditiveAttention()(inputs).scalars == [2])
  }

  @Test func normalisationsByHand() {
    // Groups (1, 3) and (10, 14): means 2 and 12, deviations 1 and 2.
    let group = GroupNormalization(groups: 2, epsilon: 0)
    #expect(group([tensor([1, 4], [1, 3, 10, 14])]).scalars == [-1, 1, -1, 1])
    // Mean square of (3, 4) is 12.5; with the scale (sqrt 12.5, 0): 3 and 0.
    let root = RMSNormalization(scale: tensor([2], [Float(12.5).squareRoot(), 0]), epsilon: 0)
    #expect(abs(root([tensor([1, 2], [3, 4])])[0] - 3) < 1e-6)
    #expect(UnitNormalization()([tensor([1, 2], [3, 4])]).scalars == [0.6, 0.8])
    // A vector of zeros stays one, and its gradient is that of a division by 1e-6.
    let step = Step(applying: UnitNormalization(), to: [tensor([1, 2], [0, 0])])
    #expect(step.output.scalars == [0, 0])
    #expect(step.pullback(tensor([1, 2], [1, -1]))[0].scalars == [1e6, -1e6])
  }

  @Test func dotProductsByHand() {
    #expect(Dot()([tensor([1, 2], [1, 2]), tensor([1, 2], [3, 4])]).scalars == [11])
    // Rows of x by rows of y.
    let product = Dot()([tensor([1, 2, 2], [1, 2, 3, 4]), tensor([1, 1, 2], [1, 10])])
    #expect(product.shape == [1, 2, 1] && product.scalars == [21, 43])
  }
}
