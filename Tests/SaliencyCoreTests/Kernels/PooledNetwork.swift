import TestSupport

@testable import SaliencyCore

/// A network whose first map is large enough to be pooled in place, and what it is made of.
struct PooledNetwork: Sendable, CustomStringConvertible {
  var size: Shape = [97, 90, 3]
  var filters = 32
  var kernel = 3
  var strides = (1, 1)
  var padding = Padding.same
  var hasBias = true
  var isNormalised = false
  /// Whether another convolution of the input is added to the first.
  var isSum = false
  /// Nil: no rectifier; infinity: one without a maximum.
  var maximum: Float? = .infinity
  var pool = MaxPool2D(2, 2)

  /// Many kinds: maps of few and of many channels, windows with and without padding, rows that no window covers.
  static let all: [PooledNetwork] = [
    PooledNetwork(),
    PooledNetwork(pool: MaxPool2D(3, 3, strides: (2, 2))),
    PooledNetwork(padding: .valid, maximum: 6, pool: MaxPool2D(3, 3, strides: (2, 2), padding: .same)),
    PooledNetwork(hasBias: false, isNormalised: true, pool: MaxPool2D(3, 2, strides: (3, 1))),
    PooledNetwork(isNormalised: true, maximum: 6, pool: MaxPool2D(5, 5, strides: (4, 4))),
    PooledNetwork(
      size: [193, 181, 3], filters: 20, kernel: 7, strides: (2, 2), pool: MaxPool2D(3, 3, strides: (2, 2))),
    PooledNetwork(filters: 17, kernel: 5, maximum: nil, pool: MaxPool2D(2, 2, padding: .same)),
    PooledNetwork(isSum: true, pool: MaxPool2D(4, 4, strides: (3, 3))),
    PooledNetwork(
      size: [40, 45, 80], filters: 80, kernel: 1, padding: .valid, pool: MaxPool2D(2, 2, strides: (1, 1))),
  ]

  var description: String {
    "\(size) to \(filters) by \(kernel) stride \(strides) \(padding) maximum \(String(describing: maximum)) "
      + "normalised \(isNormalised) sum \(isSum) pooled \(pool.window)"
  }

  /// The network: `map` is what is pooled, by `pool`; then one more convolution and a dense head.
  func built() throws -> NetworkBuilder {
    var net = NetworkBuilder(input: size, seed: 8)
    let input = net.graph.inputs
    let other = isSum ? try net.add(convolution(&net), named: "other", inputs: input) : nil
    // The node whose value is the map is called so.
    var layers: [(String, any Layer)] = [("conv", convolution(&net))]
    if isNormalised { layers.append(("norm", normalisation(&net))) }
    if isSum { layers.append(("sum", Merge(.add))) }
    if let maximum { layers.append(("relu", maximum == .infinity ? ReLU() : ReLU(maximum: maximum))) }
    layers[layers.count - 1].0 = "map"
    for (i, (name, layer)) in layers.enumerated() {
      let addend = layer is Merge ? [other].compactMap(\.self) : []
      try net.add(layer, named: name, inputs: i == 0 ? input : [net.last] + addend)
    }
    try net.add(pool, named: "pool")
    try net.convolution("next", filters: 8)
    try net.add(GlobalAveragePool2D(), named: "mean")
    try net.dense("score", units: 3)
    return net
  }

  private func convolution(_ net: inout NetworkBuilder) -> Conv2D {
    Conv2D(
      kernel: net.normal([kernel, kernel, size[2], filters]) * 0.3,
      bias: hasBias ? net.normal([filters]) : nil,
      strides: strides, padding: padding)
  }

  private func normalisation(_ net: inout NetworkBuilder) -> BatchNormalization {
    BatchNormalization(
      gamma: net.normal([filters]), beta: net.normal([filters]), mean: net.normal([filters]),
      variance: net.positive([filters]))
  }

  func images(_ count: Int) -> Tensor { CounterRandom(seed: 6).normal(shape: size.batched(count)) }
}
