import SaliencyCore
import TestSupport
import Testing

@testable import Configuration
@testable import Methods

@Suite struct ControlTests {
  let model: Model
  let images: Tensor

  init() throws {
    model = try TinyNetworks.gap()
    images = TinyNetworks.images(for: model, count: 3)
  }

  @Test(arguments: ControlCatalog.standard.identifiers)
  func `a batch gives what singles give, of the input's size, for any class`(_ name: String) throws {
    let control = try ControlCatalog.standard(name)
    #expect(type(of: control).descriptor.family == .control)
    let batch = try control.attribution(for: AttributionRequest(model, inputs: images)).values
    #expect(batch.shape == [3, 7, 9, 1] && batch.isFinite)
    for n in 0..<3 {
      for target in 0..<2 {
        let single = try AttributionRequest(model, inputs: images.sample(n), targets: [.index(target)])
        #expect(try control.attribution(for: single).values.isIdentical(to: batch.sample(n)))
      }
    }
  }

  @Test func `random maps differ by image and seed`() throws {
    let request = try AttributionRequest(model, inputs: images)
    let map = RandomControl().attribution
    let first = try map(request).values
    #expect(first.sample(0) != first.sample(1))
    #expect(try RandomControl(seed: 1).attribution(for: request).values != first)
  }

  @Test func `the Gaussian is highest in the middle, and alike on both sides`() throws {
    let values = try CentredGaussian().attribution(for: AttributionRequest(model, inputs: images.sample(0)))
      .values
    #expect(values.indexOfMaximum == 3 * 9 + 4)
    #expect(values.scalars == values.scalars.reversed())
  }

  @Test func `Sobel finds an edge and no texture in a flat picture`() throws {
    let step = Tensor(shape: [1, 7, 9, 2], scalars: (0..<126).map { $0 / 2 % 9 < 4 ? 0 : 1 })
    let edges = try SobelEdges().attribution(for: AttributionRequest(model, inputs: step)).values
    // (1 + 2 + 1) times the step of 1, on both sides of it, nothing elsewhere.
    for x in 0..<9 { #expect(edges[0, 3, x, 0] == (x == 3 || x == 4 ? 4 : 0)) }
  }

  @Test func `Laplace finds the bend of an edge, the magnitude the sum over the channels`() throws {
    let step = Tensor(shape: [1, 7, 9, 2], scalars: (0..<126).map { $0 / 2 % 9 < 4 ? 0 : -1 })
    let request = try AttributionRequest(model, inputs: step)
    let edges = try LaplaceFilter().attribution(for: request).values
    for x in 0..<9 { #expect(edges[0, 3, x, 0] == (x == 3 || x == 4 ? 1 : 0)) }
    let magnitude = try InputMagnitude().attribution(for: request).values
    for x in 0..<9 { #expect(magnitude[0, 3, x, 0] == (x < 4 ? 0 : 2)) }
  }
}
