import SaliencyCore
import TestSupport
import Testing

@testable import Methods

@Suite struct GuidedIGTests {
  /// f = x_0² + 2 x_1², from 0 to (3, -1).
  private func request() throws -> AttributionRequest {
    var graph = Graph()
    let input = try graph.addInput(named: "input", shape: [1, 1, 2])
    let square = try graph.add(Merge(.multiply), named: "square", inputs: [input, input])
    let flat = try graph.add(Flatten(), named: "flatten", inputs: [square])
    let dense = Dense(kernel: Tensor(shape: [2, 1], scalars: [1, 2]))
    let score = try graph.add(dense, named: "score", inputs: [flat])
    let model = Model(name: "squares", graph: graph, input: input, output: score)
    return try AttributionRequest(model, inputs: Tensor(shape: [1, 1, 1, 2], scalars: [3, -1]))
  }

  /// Without freedom the path is straight, and the sum the left rule: x² (1 - 1/m).
  @Test func aStraightPathIsIntegratedGradients() throws {
    var method = GuidedIG(steps: 10)
    method.maxDistance = 0
    let found = try method.attribution(for: request()).values.scalars
    #expect(WorkedExample.isNear(found, [9 * 0.9, 2 * 0.9], within: 1e-5))
  }

  /// With full freedom, two steps of L1 length 2.
  ///
  /// At 0 both slopes are 0, so that both elements are moved alike: to (1.5, -0.5), attributed 0.
  /// There the slopes are 3 and -2; the second element goes first, all its way of 0.5, then the first, 1.5.
  @Test func theLeastSensitiveElementGoesFirst() throws {
    var method = GuidedIG(steps: 2)
    (method.maxDistance, method.fraction) = (1, 0.5)
    let found = try method.attribution(for: request()).values.scalars
    #expect(WorkedExample.isNear(found, [1.5 * 3, 0.5 * 2], within: 1e-5))
  }

  @Test func aFinePathCloses() throws {
    let model = try TinyNetworks.gap()
    let request = try AttributionRequest(model, inputs: TinyNetworks.images(for: model, count: 1))
    #expect(try #require(GuidedIG(steps: 400).attribution(for: request).completenessGap)[0] < 0.05)
  }

  @Test func nothingIsAttributedToTheBaseline() throws {
    let model = try TinyNetworks.gap()
    let black = TinyNetworks.images(for: model, count: 1) * 0
    let found = try GuidedIG(steps: 3).attribution(for: AttributionRequest(model, inputs: black)).values
    #expect(found.norm == 0)
  }
}
