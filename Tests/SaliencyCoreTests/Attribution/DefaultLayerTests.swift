import SaliencyCore
import TestSupport
import Testing

/// Toys in the shapes of well-known networks, and the layer that class activation methods look at in each.
@Suite struct DefaultLayerTests {
  private func name(_ model: Model) -> String? { model.defaultLayer.map { model.graph[$0].name } }

  private func zeros(_ shape: Shape) -> Tensor { Tensor(repeating: 0, shape: shape) }

  private func pointwise(_ inputs: Int, _ filters: Int) -> Conv2D {
    Conv2D(kernel: zeros([1, 1, inputs, filters]))
  }

  private func normalization(_ channels: Int) -> BatchNormalization {
    BatchNormalization(gamma: nil, beta: nil, mean: zeros([channels]), variance: zeros([channels]))
  }

  /// VGG: the last convolution, not the pooled map.
  @Test func vgg() throws { #expect(try name(TinyNetworks.vgg()) == "block2_conv1") }

  @Test func pooledDenseHead() throws { #expect(try name(TinyNetworks.gap()) == "conv2") }

  /// SqueezeNet: the 1 x 1 convolution that makes the class maps is head; so is the dropout before it.
  @Test func squeezeNet() throws {
    var net = NetworkBuilder(input: [8, 8, 3])
    let squeeze = try net.convolution("squeeze", filters: 2)
    let expand1 = try net.convolution("expand1x1", filters: 3, after: squeeze)
    let expand3 = try net.convolution("expand3x3", filters: 3, after: squeeze)
    try net.add(Concatenate(), named: "fire9_concat", inputs: [expand1, expand3])
    try net.add(Identity(), named: "drop9")
    try net.add(pointwise(6, 4), named: "conv10.linear")
    try net.add(ReLU(), named: "relu_conv10")
    try net.add(GlobalAveragePool2D(), named: "gap")
    try net.add(Softmax(), named: "loss")
    #expect(name(net.model(named: "squeezenet")) == "fire9_concat")
  }

  /// mini-XCEPTION: the class maps come from a convolution without an activation.
  @Test func classMapsWithoutActivation() throws {
    var net = NetworkBuilder(input: [8, 8, 1])
    let main = try net.convolution("main", filters: 5)
    let shortcut = try net.convolution("shortcut", filters: 5, activation: nil)
    try net.add(Merge(.add), named: "add_4", inputs: [main, shortcut])
    try net.convolution("conv2d_7", filters: 7, activation: nil)
    try net.add(GlobalAveragePool2D(), named: "gap")
    try net.add(Softmax(), named: "predictions")
    #expect(name(net.model(named: "mini-xception")) == "add_4")
  }

  /// As many channels as classes, but a dense layer after the pooling: those are no class maps.
  @Test func asManyChannelsAsClasses() throws {
    var net = NetworkBuilder(input: [8, 8, 3])
    try net.convolution("last_conv", filters: 4)
    try net.add(GlobalAveragePool2D(), named: "gap")
    try net.dense("predictions", units: 4, activation: Softmax())
    #expect(name(net.model(named: "net")) == "last_conv")
  }

  /// MobileNet: pooled with its axes kept, then a 1 x 1 convolution, a reshape and a softmax.
  @Test func mobileNet() throws {
    var net = NetworkBuilder(input: [8, 8, 3])
    try net.convolution("conv_pw_13", filters: 6, activation: nil)
    try net.add(normalization(6), named: "conv_pw_13_bn")
    try net.add(ReLU(maximum: 6), named: "conv_pw_13_relu")
    try net.add(GlobalAveragePool2D(keepsAxes: true), named: "gap")
    try net.add(Identity(), named: "dropout")
    try net.add(pointwise(6, 4), named: "conv_preds")
    try net.add(Reshape([4]), named: "reshape_2")
    try net.add(Softmax(), named: "predictions")
    let model = net.model(named: "mobilenet")
    #expect(name(model) == "conv_pw_13_relu")
    #expect(model.graph[model.score].name == "reshape_2")
  }

  /// ResNet: the activation after the last addition; older files pool with a 7 x 7 window and flatten.
  @Test(arguments: [true, false])
  func resNet(_ isOld: Bool) throws {
    var net = NetworkBuilder(input: [7, 7, 3])
    let before = try net.convolution("conv4", filters: 6)
    try net.convolution("conv5", filters: 6, activation: nil)
    try net.add(normalization(6), named: "bn5")
    let inner = net.last
    try net.add(Merge(.add), named: "add_16", inputs: [before, inner])
    try net.add(ReLU(), named: "activation_49")
    try net.add(isOld ? AveragePool2D(7, 7) : GlobalAveragePool2D(), named: "avg_pool")
    if isOld { try net.add(Flatten(), named: "flatten_1") }
    try net.dense("fc1000", units: 4, activation: Softmax())
    #expect(name(net.model(named: "resnet50")) == "activation_49")
  }

  /// A side branch that the score does not depend on does not count, however late it comes.
  @Test func anUnusedBranchIsNotLookedAt() throws {
    var net = NetworkBuilder(input: [8, 8, 3])
    let trunk = try net.convolution("trunk", filters: 4)
    try net.add(GlobalAveragePool2D(), named: "gap")
    let score = try net.dense("predictions", units: 3)
    try net.convolution("auxiliary", filters: 2, after: trunk)
    let model = Model(name: "two heads", graph: net.graph, input: net.graph.inputs[0], output: score)
    #expect(name(model) == "trunk")
  }

  /// Segmentation: the score is a map itself, made by the last convolution and upsampled.
  @Test func aDenseScoreIsNoLayerToLookAt() throws {
    var net = NetworkBuilder(input: [8, 8, 3])
    try net.convolution("backbone", filters: 6)
    try net.add(pointwise(6, 4), named: "classes")
    try net.add(UpSampling2D(2, 2), named: "up")
    try net.add(Softmax(), named: "predictions")
    #expect(name(net.model(named: "segmentation")) == "backbone")
  }

  @Test func aNetworkWithoutMapsHasNone() throws {
    let dense = try TinyNetworks.chain([6], [("score", Dense(kernel: zeros([6, 3])))])
    #expect(name(dense) == nil)
    let flattened = try TinyNetworks.chain(
      [4, 4, 1], [("flatten", Flatten()), ("score", Dense(kernel: zeros([16, 3])))])
    #expect(name(flattened) == nil)
    // Pooling alone is no layer to look at: nothing was learned before it.
    let pooled = try TinyNetworks.chain(
      [4, 4, 1],
      [("pool", MaxPool2D(2, 2)), ("flatten", Flatten()), ("score", Dense(kernel: zeros([4, 3])))])
    #expect(name(pooled) == nil)
  }
}
