import SaliencyCore
import TestSupport
import Testing

@testable import Methods

@Suite struct ExcitationBackpropTests {
  /// The maps A_0 = 1 2 0 1, A_1 = 0 1 3 0 (`WorkedExample`), means 1 and 1, weights (1, 3) for the first class:
  /// a quarter of the probability goes to the first map, three quarters to the second, each in proportion to its values.
  @Test func byHand() throws {
    let model = try TinyNetworks.chain(
      [2, 2, 2],
      [
        ("maps", Identity()), ("gap", GlobalAveragePool2D()),
        ("score", Dense(kernel: Tensor(shape: [2, 2], scalars: [1, -1, 3, 1]))),
      ])
    let request = try AttributionRequest(
      model, inputs: WorkedExample.maps, targets: [.index(0)], layer: "maps")
    let map = try ExcitationBackprop().attribution(for: request).values
    let first: [Float] = [1, 2, 0, 1].map { $0 / 4 * 0.25 }
    let second: [Float] = [0, 1, 3, 0].map { $0 / 4 * 0.75 }
    #expect(WorkedExample.isNear(map.scalars, zip(first, second).map { $0 + $1 }, within: 1e-5))
    #expect(abs(map.sum - 1) < 1e-4)
    // The second class has weights (-1, 1): all of it is the second map; its negative, (1, -1), is all the first.
    let other = try request.with(targets: [.index(1)])
    let contrastive = try ExcitationBackprop(contrastive: true).attribution(for: other).values
    let difference = zip([1, 2, 0, 1] as [Float], [0, 1, 3, 0] as [Float]).map { max(($1 - $0) / 4, 0) }
    #expect(WorkedExample.isNear(contrastive.scalars, difference, within: 1e-5))
  }

  /// A probability stays one: the sum is 1 in a network without negative inputs.
  @Test func probabilityIsConserved() throws {
    let model = try TinyNetworks.vgg()
    let images = TinyNetworks.images(for: model, count: 2)
    let map = try ExcitationBackprop().attribution(for: AttributionRequest(model, inputs: images)).values
    for n in 0..<2 { #expect(abs(map.sample(n).sum - 1) < 1e-3) }
  }
}
