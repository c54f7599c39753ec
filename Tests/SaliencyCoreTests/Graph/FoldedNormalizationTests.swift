import SaliencyCore
import TestSupport
import Testing

@Suite struct FoldedNormalizationTests {
  /// A linear layer and a batch normalisation, folded: the same values.
  @Test(arguments: 0..<4)
  func aFoldedLayerComputesBoth(_ index: Int) throws {
    var net = NetworkBuilder(input: [5, 6, 4])
    let layers: [any LinearLayer] = [
      Conv2D(kernel: net.normal([3, 3, 4, 6]), bias: net.normal([6]), padding: .same),
      DepthwiseConv2D(kernel: net.normal([3, 3, 4, 2]), padding: .same),
      Conv2DTranspose(
        kernel: net.normal([2, 2, 3, 4]), bias: net.normal([3]), window: Window(2, 2, strides: (2, 2))),
      Dense(kernel: net.normal([4, 3])),
    ]
    let linear = try net.add(layers[index], named: "linear")
    let channels = net.graph[linear].shape[2]
    let normalization = try net.add(
      BatchNormalization(
        gamma: net.positive([channels]), beta: net.normal([channels]), mean: net.normal([channels]),
        variance: net.positive([channels])), named: "norm")
    let folded = net.graph.foldedNormalizations()
    #expect(folded.count == 1 && folded[linear]?.output == normalization)
    let image = CounterRandom(seed: 2).normal(shape: [2, 5, 6, 4])
    let value = try Tape(net.graph, feeding: [image], upTo: [normalization])[normalization]
    let fold = try #require(folded[linear])
    #expect(fold.layer([image]).relativeError(to: value) < 1e-6)
  }

  /// A layer that something else reads too stays as it is, and so does a normalisation behind a sum.
  @Test func whatIsReadTwiceIsNotFolded() throws {
    var net = NetworkBuilder(input: [5, 6, 4])
    let ones = Tensor(repeating: 1, shape: [4])
    let norm = BatchNormalization(gamma: nil, beta: nil, mean: ones, variance: ones)
    let conv = try net.convolution("conv", filters: 4, activation: nil)
    try net.add(norm, named: "norm")
    try net.add(Merge(.add), named: "sum", inputs: [conv, net.last])
    try net.add(norm, named: "behind")
    #expect(net.graph.foldedNormalizations().isEmpty)
  }
}
