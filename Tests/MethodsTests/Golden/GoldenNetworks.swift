import Foundation
import SaliencyCore
import TestSupport

/// The networks and the image of `Tests/Golden/method_networks.py`: weights made by a formula, in the same order.
enum GoldenNetworks {
  static func model(_ name: String) throws -> Model {
    switch name {
    case "vgg": try vgg()
    case "resnet": try resnet()
    case "mobilenet": try mobilenet()
    default: throw GraphError.unknownNode(name, known: ["vgg", "resnet", "mobilenet"])
    }
  }

  /// - Parameter range: The numbers of a black and a white pixel, if they are known.
  static func request(_ name: String, range: (Float, Float)? = nil) throws -> AttributionRequest {
    var model = try model(name)
    if let (low, high) = range { (model.black, model.white) = ([low, low, low], [high, high, high]) }
    return try AttributionRequest(model, inputs: image(), layer: "maps")
  }

  /// One image with numbers in [-2, 2).
  static func image() -> Tensor {
    var numbers = GoldenNumbers(seed: 44)
    return numbers.draw([1, 10, 10, 3], scale: 4)
  }

  private static func vgg() throws -> Model {
    let net = GoldenBuilder(seed: 11)
    try net.convolution(3, 8).then(ReLU())
    try net.convolution(8, 8).then(ReLU())
    try net.then(MaxPool2D(2, 2))
    try net.convolution(8, 12).then(ReLU(), "maps")
    try net.then(MaxPool2D(2, 2))
    try net.then(Flatten())
    try net.dense(48, 16).then(ReLU())
    try net.dense(16, 5)
    return net.model("golden-vgg")
  }

  private static func resnet() throws -> Model {
    let net = GoldenBuilder(seed: 22)
    try net.convolution(3, 8, bias: false).normalization(8).then(ReLU())
    var start = net.last
    try net.convolution(8, 8, bias: false).normalization(8).then(ReLU())
    try net.convolution(8, 8, bias: false).normalization(8)
    try net.add(start).then(ReLU())
    try net.then(MaxPool2D(2, 2))
    start = net.last
    try net.convolution(8, 12).normalization(12).then(ReLU())
    try net.convolution(12, 12).normalization(12)
    let branch = net.last
    net.last = start
    try net.convolution(8, 12, size: 1).normalization(12)
    try net.add(branch).then(ReLU(), "maps")
    try net.then(GlobalAveragePool2D())
    try net.dense(12, 5)
    return net.model("golden-resnet")
  }

  private static func mobilenet() throws -> Model {
    let net = GoldenBuilder(seed: 33)
    try net.convolution(3, 8, bias: false).normalization(8).then(ReLU(maximum: 6))
    let start = net.last
    try net.depthwise(8).normalization(8).then(ReLU(maximum: 6))
    try net.convolution(8, 8, size: 1, bias: false).normalization(8)
    try net.add(start)
    try net.then(AveragePool2D(2, 2))
    try net.depthwise(8).normalization(8).then(Activation.silu)
    try net.convolution(8, 12, size: 1, bias: false).normalization(12).then(ReLU(maximum: 6), "maps")
    try net.then(GlobalAveragePool2D())
    try net.dense(12, 5)
    return net.model("golden-mobilenet")
  }
}

/// Uniform numbers in [-0.5, 0.5) from a linear congruential generator.
struct GoldenNumbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func draw(_ shape: Shape, scale: Double = 1, shift: Double = 0) -> Tensor {
    let values = (0..<shape.count).map { _ -> Float in
      state = (1_664_525 * state + 1_013_904_223) % (1 << 32)
      return Float((Double(state) / Double(1 << 32) - 0.5) * scale + shift)
    }
    return Tensor(shape: shape, scalars: values)
  }
}

/// Adds layers with weights from the generator.
private final class GoldenBuilder {
  private var graph = Graph()
  private var numbers: GoldenNumbers
  private let input: NodeID
  var last: NodeID

  init(seed: UInt64) {
    numbers = GoldenNumbers(seed: seed)
    do { input = try graph.addInput(named: "input", shape: [10, 10, 3]) } catch {
      preconditionFailure("an empty graph has no node of the input's name: \(error)")
    }
    last = input
  }

  @discardableResult
  func then(_ layer: any Layer, _ name: String? = nil) throws -> GoldenBuilder {
    last = try graph.add(layer, named: name ?? "node\(graph.nodes.count)", inputs: [last])
    return self
  }

  @discardableResult
  func add(_ other: NodeID) throws -> GoldenBuilder {
    last = try graph.add(Merge(.add), named: "sum\(graph.nodes.count)", inputs: [last, other])
    return self
  }

  private func he(_ count: Int) -> Double { (24 / Double(count)).squareRoot() }

  @discardableResult
  func convolution(_ inputs: Int, _ outputs: Int, size: Int = 3, bias: Bool = true) throws -> GoldenBuilder {
    let kernel = numbers.draw([size, size, inputs, outputs], scale: he(size * size * inputs))
    let offset = bias ? numbers.draw([outputs], scale: 0.4) : nil
    return try then(Conv2D(kernel: kernel, bias: offset, padding: .same))
  }

  @discardableResult
  func depthwise(_ channels: Int) throws -> GoldenBuilder {
    try then(DepthwiseConv2D(kernel: numbers.draw([3, 3, channels, 1], scale: he(9)), padding: .same))
  }

  @discardableResult
  func dense(_ inputs: Int, _ outputs: Int) throws -> GoldenBuilder {
    let kernel = numbers.draw([inputs, outputs], scale: he(inputs))
    return try then(Dense(kernel: kernel, bias: numbers.draw([outputs], scale: 0.4)))
  }

  @discardableResult
  func normalization(_ channels: Int) throws -> GoldenBuilder {
    let gamma = numbers.draw([channels], shift: 1)
    let beta = numbers.draw([channels], scale: 0.5)
    let mean = numbers.draw([channels], scale: 0.5)
    let variance = numbers.draw([channels], shift: 1)
    return try then(
      BatchNormalization(gamma: gamma, beta: beta, mean: mean, variance: variance, epsilon: 1e-8))
  }

  func model(_ name: String) -> Model { Model(name: name, graph: graph, input: input, output: last) }
}
