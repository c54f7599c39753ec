import SaliencyCore
import Synchronization
import TestSupport

@testable import Methods

/// A network that remembers the largest batch it was ever given, and how many images went through it.
struct WatchedModel {
  private final class Meter: Sendable {
    let largest = Mutex(0)
    let samples = Mutex(0)
  }

  private struct Watch: IdentityLayer {
    let meter: Meter

    func callAsFunction(_ inputs: [Tensor]) -> Tensor {
      meter.largest.withLock { $0 = max($0, inputs[0].batchSize) }
      meter.samples.withLock { $0 += inputs[0].batchSize }
      return inputs[0]
    }
  }

  let model: Model
  private let meter = Meter()

  /// A convolution, global average pooling and a dense layer.
  init() throws {
    try self.init(input: [5, 5, 2]) { net in
      try net.convolution("conv", filters: 3)
      try net.add(GlobalAveragePool2D(), named: "gap")
      try net.dense("score", units: 2)
    }
  }

  /// The layers that `build` adds.
  init(input: Shape, _ build: (inout NetworkBuilder) throws -> Void) throws {
    var net = NetworkBuilder(input: input)
    try net.add(Watch(meter: meter), named: "watch")
    try build(&net)
    model = net.model(named: "watched")
  }

  func images(_ count: Int) -> Tensor { TinyNetworks.images(for: model, count: count) }

  var largestBatch: Int { meter.largest.withLock { $0 } }
  var samples: Int { meter.samples.withLock { $0 } }
}
