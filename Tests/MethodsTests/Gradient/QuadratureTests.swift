import SaliencyCore
import TestSupport
import Testing

@testable import Methods

@Suite struct QuadratureTests {
  private func sum(_ rule: Quadrature, _ n: Int, of function: (Double) -> Double = { _ in 1 }) -> Double {
    rule.nodes(n).reduce(0) { $0 + Double($1.weight) * function(Double($1.position)) } / Double(n)
  }

  @Test func nodesByHand() {
    func nodes(_ rule: Quadrature) -> [[Float]] { rule.nodes(2).map { [$0.position, $0.weight] } }
    #expect(nodes(.midpoint) == [[0.25, 1], [0.75, 1]])
    #expect(nodes(.left) == [[0, 1], [0.5, 1]])
    #expect(nodes(.right) == [[0.5, 1], [1, 1]])
    #expect(nodes(.inclusiveMean) == [[0, 1], [1, 1]])
    #expect(nodes(.trapezoid) == [[0, 1], [1, 1]])
    #expect(nodes(.trapezoidCaptum) == [[0, 0.5], [1, 0.5]])
    let root = Float((1 - (1.0 / 3).squareRoot()) / 2)
    #expect(nodes(.gaussLegendre).map { $0[1] } == [1, 1])
    #expect(abs(nodes(.gaussLegendre)[0][0] - root) < 1e-7)
  }

  @Test(arguments: Quadrature.allCases, [1, 2, 7, 50])
  func weightsSumToOne(_ rule: Quadrature, _ n: Int) {
    let wanted = rule == .trapezoidCaptum && n > 1 ? 1 - 1 / Double(n) : 1
    #expect(abs(sum(rule, n) - wanted) < 1e-6 || n == 1)
  }

  /// n points of Gauss-Legendre integrate polynomials of degree 2n - 1 exactly.
  @Test func gaussLegendreIsExactForPolynomials() {
    #expect(abs(sum(.gaussLegendre, 5) { $0 * $0 * $0 * $0 * $0 * $0 * $0 } - 1.0 / 8) < 1e-7)
    #expect(abs(sum(.midpoint, 50) { $0 * $0 } - 1.0 / 3) < 1e-4)
  }

  @Test func theMidpointRuleKeepsItsBits() throws {
    let model = try TinyNetworks.gap()
    let request = try AttributionRequest(model, inputs: TinyNetworks.images(for: model, count: 1))
    let plain = try IntegratedGradients(steps: 5, baseline: .constant(0)).attribution(for: request)
    var total = Tensor(repeating: 0, shape: request.inputs.shape)
    for j in 0..<5 {
      let point = request.inputs * ((Float(j) + 0.5) / 5) + 0
      total += try request.with(inputs: point, explainedAs: 0).inputGradient().0
    }
    #expect(plain.values.isIdentical(to: total * request.inputs * (1 / 5)))
  }

  @Test func withoutTheFactorThereIsNoCompleteness() throws {
    let model = try TinyNetworks.gap()
    let request = try AttributionRequest(model, inputs: TinyNetworks.images(for: model, count: 1))
    var method = IntegratedGradients(steps: 3, baseline: .constant(0))
    let whole = try method.attribution(for: request)
    method.multiply = false
    let mean = try method.attribution(for: request)
    #expect(mean.completenessGap == nil && whole.completenessGap != nil)
    #expect((mean.values * request.inputs).relativeError(to: whole.values) < 1e-6)
  }
}
