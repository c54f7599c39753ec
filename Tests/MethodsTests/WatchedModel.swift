import SaliencyCore
import Synchronization
import TestSupport

/// A network that remembers the largest batch it was ever given.
struct WatchedModel {
  private final class Meter: Sendable {
    let largest = Mutex(0)
  }

  private struct Watch: IdentityLayer {
    let meter: Meter

    func callAsFunction(_ inputs: [Tensor]) -> Tensor {
      meter.largest.withLock { $0 = max($0, inputs[0].batchSize) }
      return inputs[0]
    }
  }

  let model: Model
  private let meter = Meter()

  init() throws {
    var net = NetworkBuilder(input: [5, 5, 2])
    try net.add(Watch(meter: meter), named: "watch")
    try net.convolution("conv", filters: 3)
    try net.add(GlobalAveragePool2D(), named: "gap")
    try net.dense("score", units: 2)
    model = net.model(named: "watched")
  }

  func images(_ count: Int) -> Tensor { TinyNetworks.images(for: model, count: count) }

  var largestBatch: Int { meter.largest.withLock { $0 } }
}
