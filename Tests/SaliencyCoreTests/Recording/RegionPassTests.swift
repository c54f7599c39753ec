import TestSupport
import Testing

@testable import SaliencyCore

@Suite struct RegionPassTests {
  /// Strides, dilation, padding, depthwise and pooled layers, and convolutions of both Winograd sizes.
  private static func deep() throws -> Model {
    var net = NetworkBuilder(input: [60, 53, 3], seed: 4)
    func kernel(_ shape: Shape) -> Tensor {
      net.normal(shape) * Float(2 / Double(shape[0] * shape[1] * shape[2])).squareRoot()
    }
    try net.add(ZeroPadding2D(top: 0, bottom: 1, left: 0, right: 1), named: "pad")
    try net.add(Conv2D(kernel: kernel([3, 3, 3, 16]), strides: (2, 2)), named: "strided")
    try net.add(
      BatchNormalization(
        gamma: net.positive([16]), beta: net.normal([16]), mean: net.normal([16]),
        variance: net.positive([16])),
      named: "bn")
    let relu = try net.add(ReLU(maximum: 6), named: "relu")
    try net.add(DepthwiseConv2D(kernel: net.normal([5, 5, 16, 1]) * 0.3, padding: .same), named: "depthwise")
    let swish = try net.add(Activation.silu, named: "swish")
    try net.add(Merge(.add), named: "add", inputs: [relu, swish])
    let small = try net.add(
      Conv2D(kernel: kernel([3, 3, 16, 24]), bias: net.normal([24]), padding: .same), named: "winograd4")
    let dilated = try net.add(
      Conv2D(kernel: kernel([3, 3, 24, 8]), dilation: (2, 2), padding: .same), named: "dilated",
      inputs: [small])
    try net.add(Concatenate(), named: "concatenate", inputs: [small, dilated])
    try net.add(MaxPool2D(3, 3, strides: (2, 2), padding: .same), named: "pool")
    try net.add(Conv2D(kernel: kernel([1, 1, 32, 1024])), named: "wide")
    try net.add(Conv2D(kernel: kernel([3, 3, 1024, 32]), padding: .same), named: "winograd2")
    try net.add(AveragePool2D(2, 2, padding: .same), named: "average")
    try net.add(GlobalAveragePool2D(), named: "gap")
    try net.dense("score", units: 3)
    return net.model(named: "deep")
  }

  private func agree(
    _ model: Model, _ regions: [ImageRegion], of images: Tensor? = nil, by cover: Tensor? = nil
  ) throws {
    let images = images ?? TinyNetworks.images(for: model, count: 2)
    let request = try AttributionRequest(model, inputs: images, targets: [.index(1), .index(0)])
    let cover = cover ?? TinyNetworks.images(for: model, count: 1, seed: 77)
    for n in 0..<2 {
      let changed = regions.map { region in
        var image = images.sample(n)
        image.write(
          cover.region(region), row: region.rows.lowerBound, column: region.columns.lowerBound)
        return image
      }
      let whole = try request.scores(for: Tensor(concatenating: changed), explainedAs: n)
      let found = try request.scores(replacing: regions, by: cover, explainedAs: n)
      #expect(found == whole, "\(model.name), image \(n)")
    }
  }

  private static func regions(_ size: Int, _ step: Int, in shape: Shape) -> [ImageRegion] {
    stride(from: 0, to: shape[0], by: step).flatMap { y in
      stride(from: 0, to: shape[1], by: step).map { x in
        ImageRegion(rows: y..<min(y + size, shape[0]), columns: x..<min(x + size, shape[1]))
      }
    }
  }

  @Test func smallNetworks() throws {
    for model in [try TinyNetworks.gap(), try TinyNetworks.vgg(), try TinyNetworks.mixed()] {
      try agree(model, Self.regions(1, 1, in: model.inputShape))
      try agree(model, Self.regions(3, 2, in: model.inputShape))
    }
  }

  /// The same bits as whole passes, whatever the layers and wherever the region.
  @Test func everyKindOfLayer() throws {
    let model = try Self.deep()
    for (size, step) in [(1, 9), (4, 7), (15, 8)] {
      try agree(model, Self.regions(size, step, in: model.inputShape))
    }
  }

  /// Flat images and flat covers: Winograd convolutions give equal windows the result of the first of the whole map.
  @Test func equalWindows() throws {
    var net = NetworkBuilder(input: [24, 24, 16], seed: 6)
    let kernel = net.normal([3, 3, 16, 16]) * 0.1
    for name in ["first", "second"] {
      try net.add(Conv2D(kernel: kernel, bias: net.normal([16]), padding: .same), named: name)
    }
    try net.add(GlobalAveragePool2D(), named: "gap")
    try net.dense("score", units: 2)
    let model = net.model(named: "winograd")
    let zero = Tensor(repeating: 0, shape: [1, 24, 24, 16])
    var half = TinyNetworks.images(for: model, count: 1)
    half.withUnsafeMutableScalars { for i in 0..<(12 * 24 * 16) { $0[i] = 0.7 } }
    let noise = TinyNetworks.images(for: model, count: 1, seed: 8)
    let regions = Self.regions(5, 3, in: model.inputShape)
    for images in [Tensor(concatenating: [noise, half]), Tensor(concatenating: [zero, half])] {
      try agree(model, regions, of: images, by: zero)
      try agree(model, regions, of: images, by: noise)
    }
    // A region that copies another part of the image.
    let turned = Tensor(shape: noise.shape) { result in
      for i in 0..<result.count { result[i] = noise[(i + 7 * 24 * 16) % result.count] }
    }
    try agree(model, regions, of: Tensor(concatenating: [noise, half]), by: turned)
  }

  /// Most of the deep network is computed region by region for a small region, and nothing for one that is the image.
  @Test func thePlan() throws {
    let model = try Self.deep()
    let plan = try RegionPlan(model, size: (4, 4), explained: model.score)
    let names = plan.nodes.map(\.name)
    #expect(names.first == "pad" && names.contains("winograd4") && names.contains("wide"))
    #expect(!plan.tail.graph.nodes.contains { $0.name == "strided" })
    let all = try RegionPlan(model, size: (60, 53), explained: model.score)
    #expect(all.nodes.isEmpty && all.tail.starts == [model.input])
  }

  @Test func aCoverOfAnotherSizeIsRefused() throws {
    let model = try TinyNetworks.gap()
    let request = try AttributionRequest(model, inputs: TinyNetworks.images(for: model, count: 1))
    #expect(throws: GraphError.self) {
      try request.scores(replacing: [], by: Tensor(repeating: 0, shape: [1, 2, 2, 2]), explainedAs: 0)
    }
  }
}
