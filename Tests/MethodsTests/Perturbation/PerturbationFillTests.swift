import SaliencyCore
import TestSupport
import Testing

@testable import Methods

@Suite struct PerturbationFillTests {
  @Test func images() throws {
    var model = try TinyNetworks.chain([1, 2, 2], [("flatten", Flatten())])
    model.black = [-1, -2]
    let request = try AttributionRequest(model, inputs: Tensor(shape: [1, 1, 2, 2], scalars: [0, 4, 2, 8]))
    let copies = try ImageCopies(of: 0, in: request)
    #expect(PerturbationFill.zero.image(for: copies).scalars == [0, 0, 0, 0])
    #expect(PerturbationFill.black.image(for: copies).scalars == [-1, -2, -1, -2])
    #expect(PerturbationFill.mean.image(for: copies).scalars == [1, 6, 1, 6])
    #expect(PerturbationFill.constant(3).image(for: copies).scalars == [3, 3, 3, 3])
    let noise = PerturbationFill.noise.image(for: copies)
    #expect(noise == PerturbationFill.noise.image(for: copies))
    #expect(noise != PerturbationFill.noise.image(for: copies, seed: 1))
  }
}
