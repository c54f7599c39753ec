import SaliencyCore
import TestSupport
import Testing

@testable import Methods

@Suite struct RISETests {
  /// Two masks: scores 2 and 4.
  @Test func byHand() {
    var sum = WeightedMasks(pixels: 2)
    [Float(1), 0].withUnsafeBufferPointer { sum.add($0, 2) }
    [Float(0.5), 0.5].withUnsafeBufferPointer { sum.add($0, 4) }
    #expect(sum.map(.expectation, expected: 2 * 0.5) == [4, 2])
    #expect(sum.map(.coverage, expected: 1) == [4 / 1.5, 4])
  }

  /// The authors' sum and that of xplique, given the same masks.
  @Test func formula() throws {
    let copies = try ImageCopies(of: 0, in: GoldenNetwork.request())
    let cover = Tensor(repeating: 0, shape: copies.image.shape)
    let masks = (GoldenNetwork.numbers([20, 12, 10, 1], 10) * 0.5 + 0.5)
    let scores = try copies.scores(count: 20) { number, copy in
      masks.sample(number).withUnsafeScalars { copies.cover(copy, with: cover, where: $0) }
    }
    var sum = WeightedMasks(pixels: 120)
    for (number, score) in scores.enumerated() {
      masks.sample(number).withUnsafeScalars { sum.add($0, score) }
    }
    #expect(try GoldenNetwork.agrees(sum.map(.expectation, expected: 20 * 0.5), "rise"))
    #expect(try GoldenNetwork.agrees(sum.map(.coverage, expected: 10), "rise coverage"))
  }

  /// Values between 0 and 1 whose mean is the probability, and no cell larger than it should be.
  @Test func masks() {
    let masks = RandomMasks(height: 20, width: 31, cells: 4, probability: 0.3)
    var mask = [Float](repeating: -1, count: 620)
    var total = 0.0
    for number in 0..<400 {
      mask.withUnsafeMutableBufferPointer {
        masks.write(CounterRandom(seed: 3, path: UInt64(number)), into: $0)
      }
      #expect(mask.allSatisfy { $0 >= 0 && $0 <= 1 })
      total += mask.reduce(0) { $0 + Double($1) } / 620
    }
    #expect(abs(total / 400 - 0.3) < 0.02)
    // A grid of one cell is one number.
    RandomMasks(height: 20, width: 31, cells: 1, probability: 1).all(into: &mask)
    #expect(mask.allSatisfy { $0 == 1 })
  }

  @Test func memoryDoesNotGrowWithTheMasks() throws {
    let watched = try WatchedModel()
    _ = try RISE(masks: 100, cells: 2).attribution(
      for: AttributionRequest(watched.model, inputs: watched.images(1)))
    #expect(watched.largestBatch == watched.model.microBatch)
  }
}

extension RandomMasks {
  fileprivate func all(into mask: inout [Float]) {
    mask.withUnsafeMutableBufferPointer { write(CounterRandom(seed: 0), into: $0) }
  }
}
