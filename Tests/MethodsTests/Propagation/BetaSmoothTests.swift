import Foundation
import SaliencyCore
import TestSupport
import Testing

@testable import Methods

@Suite struct BetaSmoothTests {
  private func sigmoid(_ x: Double) -> Float { Float(1 / (1 + exp(-x))) }

  /// Three units (`RuleExample`) at 2, -1, 3, weighed 1, 1, -1: sigmoid(beta x).
  @Test func byHand() throws {
    var method = BetaSmooth()
    method.beta = 2
    let found = try method.attribution(for: RuleExample.request(ReLU())).values.scalars
    #expect(WorkedExample.isNear(found, [sigmoid(4), sigmoid(-2), -sigmoid(6)]))
    let capped = try method.attribution(for: RuleExample.request(ReLU(maximum: 2))).values.scalars
    #expect(
      WorkedExample.isNear(
        capped, [sigmoid(4) - sigmoid(0), sigmoid(-2) - sigmoid(-6), -(sigmoid(6) - sigmoid(2))]))
  }

  /// A sharp kink is the ReLU's own gradient.
  @Test func aLargeBetaIsTheGradient() throws {
    let model = try TinyNetworks.vgg()
    let request = try AttributionRequest(model, inputs: TinyNetworks.images(for: model, count: 1))
    var method = BetaSmooth()
    method.beta = 1e5
    let gradient = try Gradient().attribution(for: request).values
    #expect(try method.attribution(for: request).values.relativeError(to: gradient) < 1e-2)
  }
}
