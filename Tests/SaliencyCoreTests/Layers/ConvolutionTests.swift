import SaliencyCore
import TestSupport
import Testing

/// Convolutions of random shapes against sums written out in double precision.
@Suite struct ConvolutionTests {
  /// Draws whole numbers for one random configuration.
  private struct Dice {
    let random: CounterRandom
    var drawn = 0

    init(_ number: Int) { random = CounterRandom(seed: 41, path: UInt64(number)) }

    mutating func roll(_ range: ClosedRange<Int>) -> Int {
      drawn += 1
      return range.lowerBound + random.integer(below: range.count, at: drawn)
    }
  }

  private static func noise(_ shape: Shape, _ path: UInt64) -> Tensor {
    CounterRandom(seed: 42, path: path).normal(shape: shape)
  }

  private static func randomConvolution(_ number: Int) -> (layer: Conv2D, input: Tensor) {
    var dice = Dice(number)
    let groups = dice.roll(1...3) == 3 ? dice.roll(2...3) : 1
    let (channels, filters) = (groups * dice.roll(1...5), groups * dice.roll(1...6))
    let (height, width) = (dice.roll(1...5), dice.roll(1...5))
    let padding: Padding = dice.roll(0...1) == 0 ? .valid : .same
    // Keras allows a stride or a dilation, not both; this layer allows both.
    let strides = (dice.roll(1...3), dice.roll(1...3))
    let dilation = dice.roll(1...3) == 3 ? (dice.roll(1...3), dice.roll(1...3)) : (1, 1)
    let reach = ((height - 1) * dilation.0 + 1, (width - 1) * dilation.1 + 1)
    let least = padding == .valid ? reach : (1, 1)
    let size = (least.0 + dice.roll(0...9), least.1 + dice.roll(0...9))
    let layer = Conv2D(
      kernel: noise([height, width, channels / groups, filters], 1),
      bias: dice.roll(0...1) == 0 ? nil : noise([filters], 2), strides: strides, dilation: dilation,
      padding: padding, groups: groups)
    return (layer, noise([dice.roll(1...3), size.0, size.1, channels], 3))
  }

  private func check(_ layer: Conv2D, _ input: Tensor, _ what: String) {
    let step = Step(applying: layer, to: [input])
    #expect(step.output.relativeError(to: Reference.forward(layer, input)) < 2e-6, "\(what): forward")
    let signal = Self.noise(step.output.shape, 4)
    let pulled = Reference.pullback(layer, input, signal)
    #expect(step.pullback(signal)[0].relativeError(to: pulled) < 2e-6, "\(what): pullback")
    let kernel = Reference.kernelGradient(layer, input, signal)
    let gradients = layer.parameterPullback(signal, at: step)
    #expect(gradients[0].relativeError(to: kernel) < 2e-6, "\(what): kernel gradient")
  }

  @Test(arguments: 0..<60)
  func randomShapesAgreeWithTheSums(_ number: Int) {
    let (layer, input) = Self.randomConvolution(number)
    check(layer, input, "\(layer.window), \(layer.groups) groups on \(input.shape)")
  }

  /// As ConvNeXt has them; computed by another kernel than other groups are.
  @Test(arguments: [(7, 1, 20, 1), (3, 2, 17, 1), (3, 1, 5, 3), (1, 1, 4, 2)])
  func everyChannelMayBeAGroupByItself(_ window: Int, _ stride: Int, _ channels: Int, _ multiplier: Int) {
    for padding in [Padding.same, .valid] {
      let layer = Conv2D(
        kernel: Self.noise([window, window, 1, channels * multiplier], 8),
        bias: Self.noise([channels * multiplier], 9), strides: (stride, stride), padding: padding,
        groups: channels)
      check(
        layer, Self.noise([2, 13, 11, channels], 10),
        "\(window) \(stride) \(padding) \(channels) \(multiplier)")
    }
  }

  /// Sizes at which other algorithms may be chosen: tiles, halos, remainders.
  @Test(
    arguments: [
      (3, 1, 12, 12, 16, 16), (3, 1, 13, 11, 16, 24), (3, 1, 14, 14, 40, 8), (3, 1, 7, 7, 64, 32),
      (3, 2, 15, 15, 16, 16), (1, 1, 9, 9, 48, 33), (1, 2, 9, 8, 16, 16), (7, 2, 31, 30, 3, 16),
      (5, 1, 11, 10, 8, 16), (3, 1, 28, 28, 3, 16),
    ])
  func realisticShapesAgreeWithTheSums(
    _ window: Int, _ stride: Int, _ height: Int, _ width: Int, _ channels: Int, _ filters: Int
  ) {
    for padding in [Padding.same, .valid] {
      let layer = Conv2D(
        kernel: Self.noise([window, window, channels, filters], 5), bias: Self.noise([filters], 6),
        strides: (stride, stride), padding: padding)
      check(layer, Self.noise([1, height, width, channels], 7), "\(window) \(stride) \(padding) \(height)")
    }
  }

  @Test(arguments: 0..<30)
  func depthwiseIsAConvolutionWithAGroupForEachChannel(_ number: Int) {
    var dice = Dice(1000 + number)
    let (height, width, channels) = (dice.roll(1...4), dice.roll(1...4), dice.roll(1...5))
    let multiplier = dice.roll(1...3)
    let padding: Padding = dice.roll(0...1) == 0 ? .valid : .same
    let layer = DepthwiseConv2D(
      kernel: Self.noise([height, width, channels, multiplier], 1),
      bias: dice.roll(0...1) == 0 ? nil : Self.noise([channels * multiplier], 2),
      strides: (dice.roll(1...2), dice.roll(1...2)), dilation: (dice.roll(1...2), 1), padding: padding)
    let input = Self.noise([2, 7 + dice.roll(0...5), 4 + dice.roll(0...5), channels], 3)
    let grouped = Reference.grouped(layer)
    let step = Step(applying: layer, to: [input])
    #expect(step.output.relativeError(to: Reference.forward(grouped, input)) < 2e-6)
    let signal = Self.noise(step.output.shape, 4)
    let pulled = Reference.pullback(grouped, input, signal)
    #expect(step.pullback(signal)[0].relativeError(to: pulled) < 2e-6)
    let kernel = Reference.kernelGradient(grouped, input, signal).reshaped(to: layer.kernel.shape)
    #expect(layer.parameterPullback(signal, at: step)[0].relativeError(to: kernel) < 2e-6)
  }

  /// Numbers by hand: a 1 x 2 kernel (1, 10) on the row 1 2 3.
  @Test func aRowByHand() {
    let row = Tensor(shape: [1, 1, 3, 1], scalars: [1, 2, 3])
    let kernel = Tensor(shape: [1, 2, 1, 1], scalars: [1, 10])
    // valid: 1 + 20, 2 + 30; same with an even window: the missing column is at the end, 3 + 0.
    #expect(Conv2D(kernel: kernel)([row]).scalars == [21, 32])
    #expect(Conv2D(kernel: kernel, padding: .same)([row]).scalars == [21, 32, 3])
    // Stride 2, same: two positions, one column missing at the end.
    #expect(Conv2D(kernel: kernel, strides: (1, 2), padding: .same)([row]).scalars == [21, 3])
    // Dilation 2, valid: 1 + 30.
    #expect(Conv2D(kernel: kernel, dilation: (1, 2))([row]).scalars == [31])
    // The pullback of (1, 1) under valid: 1, 10 + 1, 10.
    let step = Step(applying: Conv2D(kernel: kernel), to: [row])
    #expect(step.pullback(Tensor(repeating: 1, shape: [1, 1, 2, 1]))[0].scalars == [1, 11, 10])
  }
}
