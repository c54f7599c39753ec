import Foundation
import Testing

@testable import SaliencyCore

/// Weights: made once, read from a mapped file, or made again.
@Suite struct TensorWeightsTests {
  private final class Mapping: Sendable {
    private let address: UInt
    private let bytes: Int

    init?(_ file: String, bytes: Int) {
      let descriptor = open(file, O_RDONLY)
      guard descriptor >= 0 else { return nil }
      defer { close(descriptor) }
      guard let start = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor, 0),
        start != MAP_FAILED
      else { return nil }
      (address, self.bytes) = (UInt(bitPattern: start), bytes)
    }

    /// `count` floats after the first `skipped`.
    func floats(after skipped: Int, _ count: Int) -> UnsafeMutableBufferPointer<Float> {
      let start = UnsafeMutableRawPointer(bitPattern: address)?.advanced(by: 4 * skipped)
      return UnsafeMutableBufferPointer(
        start: start?.bindMemory(to: Float.self, capacity: count), count: count)
    }

    deinit { munmap(UnsafeMutableRawPointer(bitPattern: address), bytes) }
  }

  /// Numbers in a file of several pages, whose first and last are not the tensor's alone.
  private func mapped(_ body: (Tensor, [Float]) throws -> Void) throws {
    let numbers = CounterRandom(seed: 71).normal(shape: [9000]).scalars
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("weights-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    try numbers.withUnsafeBytes { Data($0) }.write(to: file)
    let mapping = try #require(Mapping(file.path, bytes: 4 * numbers.count))
    try body(
      Tensor(shape: [8000], borrowing: mapping.floats(after: 100, 8000), from: mapping),
      Array(numbers[100..<8100]))
  }

  @Test func `pages that were forgotten are read again`() throws {
    try mapped { tensor, wanted in
      #expect(tensor.scalars == wanted)
      tensor.forgetPages()
      #expect(tensor.scalars == wanted)
    }
  }

  @Test func `a change of what a file holds is made in a copy, and outlasts forgetting`() throws {
    try mapped { tensor, wanted in
      var changed = tensor
      // Nobody else holds it: yet the file's memory is not to be written.
      let only = try #require([tensor].first)
      changed.withUnsafeMutableScalars { $0[4000] = 7 }
      changed.forgetPages()
      only.forgetPages()
      #expect(changed[4000] == 7 && only[4000] == wanted[4000])
    }
  }

  @Test func `forgetting does nothing to memory of a tensor's own`() {
    for tensor in [
      Tensor(repeating: 3, shape: [100_000]), Tensor(lasting: [100_000]) { $0.initialize(repeating: 3) },
    ] {
      tensor.forgetPages()
      #expect(tensor.scalars.allSatisfy { $0 == 3 })
    }
  }

  @Test func `what can be made again is the same, and a change of it cannot`() throws {
    let random = CounterRandom(seed: 72, path: 1)
    var weights = random.weights(shape: [50, 70], times: 0.25)
    #expect(weights == random.normal(shape: [50, 70]) * 0.25)
    let origin = try #require(weights.origin)
    #expect(Tensor(repeatable: [50, 70], from: origin) == weights)
    weights.withUnsafeMutableScalars { $0[0] = 9 }
    #expect(weights[0] == 9 && weights.origin == nil)
  }
}
