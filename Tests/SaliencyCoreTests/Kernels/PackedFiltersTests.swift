import Testing

@testable import SaliencyCore

@Suite struct PackedFiltersTests {
  private static func noise(_ shape: Shape, _ path: UInt64) -> Tensor {
    CounterRandom(seed: 61, path: path).normal(shape: shape)
  }

  /// A layer whose weights are held as `kernel` says, and what goes through it.
  private struct Case {
    let layer: Conv2D
    let input: Tensor
    let signal: Tensor

    init(_ kernel: Tensor, strides: (Int, Int) = (1, 1), size: Int = 9) {
      layer = Conv2D(kernel: kernel, strides: strides, padding: .same)
      input = noise([2, size, size, kernel.shape[2]], 3)
      signal = noise(layer([input]).shape, 4)
    }

    func forward() -> Tensor { layer([input]) }

    func back() -> Tensor {
      layer.pullback(signal, at: Step(applying: layer, to: [input]))[0]
    }
  }

  /// Direct in both directions, Winograd's F(2x2) in both, F(4x4) in both, and direct forward alone.
  private static let kernels: [(kernel: Shape, strides: (Int, Int))] = [
    ([1, 1, 40, 50], (1, 1)), ([1, 1, 700, 801], (1, 1)), ([1, 1, 650, 810], (2, 2)),
    ([3, 3, 200, 190], (1, 1)),
    ([3, 3, 20, 30], (1, 1)), ([3, 3, 5, 20], (2, 2)),
  ]

  @Test(arguments: kernels.indices)
  func `the kernel is what it was, whatever was computed`(_ index: Int) {
    let (shape, strides) = Self.kernels[index]
    let kernel = Self.noise(shape, 1)
    let there = Case(kernel, strides: strides)
    #expect(there.layer.kernel == kernel)
    _ = there.forward()
    #expect(there.layer.kernel == kernel)
    _ = there.back()
    #expect(there.layer.kernel == kernel)
    #expect(there.layer.parameters[0].value == kernel && there.layer.parameterCount == kernel.count)
  }

  @Test(arguments: kernels.indices)
  func `a pass back gives the same bits without a copy of its own and with one`(_ index: Int) {
    let (shape, strides) = Self.kernels[index]
    let there = Case(Self.noise(shape, 1), strides: strides)
    let first = there.back()
    for _ in 0...PackedFilters.passesBeforeCopy { #expect(there.back() == first) }
  }

  @Test func `weights that were only moved are held once, and twice after many passes back`() {
    let count = 512 * 1024
    let there = Case(Self.noise([1, 1, 512, 1024], 1), size: 3)
    #expect(there.layer.packed.heldCount == count)
    _ = there.forward()
    #expect(there.layer.packed.heldCount == count, "the filter was given up for its packed form")
    for _ in 0..<PackedFilters.passesBeforeCopy { _ = there.back() }
    #expect(there.layer.packed.heldCount == count, "the way back did with the form of the way forward")
    _ = there.back()
    #expect(there.layer.packed.heldCount == 2 * count)
  }

  @Test func `small weights get a copy with the first pass back`() {
    let there = Case(Self.noise([1, 1, 32, 48], 1))
    _ = there.forward()
    #expect(there.layer.packed.heldCount == 32 * 48)
    _ = there.back()
    #expect(there.layer.packed.heldCount == 2 * 32 * 48)
  }

  @Test func `weights that can be made again are not held beside their packed form`() {
    let shape: Shape = [3, 3, 16, 32]
    let held = Case(Self.noise(shape, 1))
    let made = Case(CounterRandom(seed: 61, path: 1).weights(shape: shape, times: 1))
    #expect(held.forward() == made.forward())
    #expect(held.layer.packed.heldCount == made.layer.packed.heldCount + shape.count)
    #expect(held.back() == made.back())
    #expect(made.layer.kernel == held.layer.kernel)
  }

  @Test func `weights that a layer reads as they are stay`() {
    let kernel = Self.noise([3, 3, 1, 20], 1)
    let layer = Conv2D(kernel: kernel, padding: .same, groups: 20)
    _ = layer([Self.noise([1, 7, 7, 20], 2)])
    #expect(layer.kernel == kernel)
    #expect(layer.packed.heldCount == kernel.count)
  }

  @Test func `threads that ask at once get the same`() async {
    let there = Case(Self.noise([1, 1, 512, 1024], 1), size: 2)
    let wanted = Case(Self.noise([1, 1, 512, 1024], 1), size: 2).back()
    await withTaskGroup(of: Tensor.self) { group in
      for _ in 0..<(2 * PackedFilters.passesBeforeCopy) { group.addTask { there.back() } }
      for await found in group { #expect(found == wanted) }
    }
    #expect(there.layer.kernel == Self.noise([1, 1, 512, 1024], 1))
  }
}
