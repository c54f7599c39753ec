import SaliencyCore
import TestSupport
import Testing

@testable import Methods

/// Propagation rules for one dense layer, worked out by hand.
///
/// Inputs x = (2, 1, -1), weights to the only unit w = (1, -1, 2), bias 1: contributions 2, -1, -2, so that z = 0
/// without and -1 + 1 = 0 with another bias; with bias 3, z = 2.
@Suite struct RulesTests {
  private let relevance = Tensor(shape: [1, 1], scalars: [4])
  private let input = Tensor(shape: [1, 3], scalars: [2, 1, -1])

  private func found(_ rule: some BackwardRule, bias: Float? = 3, input: Tensor? = nil) throws -> [Float] {
    let layer = Dense(
      kernel: Tensor(shape: [3, 1], scalars: [1, -1, 2]), bias: bias.map { Tensor(shape: [1], scalars: [$0]) }
    )
    return try rule.propagate(relevance, through: Step(applying: layer, to: [input ?? self.input]))[0].scalars
  }

  private func isNear(_ found: [Float], _ expected: [Float]) -> Bool {
    WorkedExample.isNear(found, expected, within: 2e-5)
  }

  @Test func epsilon() throws {
    // z = 2 - 1 - 2 + 3 = 2; R = contribution / z · 4.
    #expect(isNear(try found(EpsilonRule()), [4, -2, -4]))
    #expect(isNear(try found(EpsilonRule(epsilon: 2)), [2, -1, -2]))
    // Without the bias z = -1, and the stabiliser has its sign: -1 - 1 = -2.
    #expect(isNear(try found(EpsilonRule(epsilon: 1, bias: .ignore)), [-4, 2, 4]))
    #expect(isNear(try found(EpsilonRule(epsilon: 1), bias: nil), [-4, 2, 4]))
  }

  @Test func zero() throws {
    #expect(try found(ZeroRule()) == [4, -2, -4])
    #expect(try found(ZeroRule(bias: .ignore)) == [-8, 4, 8])
    // z = 0 passes nothing on.
    #expect(try found(ZeroRule(), bias: 1) == [0, 0, 0])
  }

  @Test func gamma() throws {
    // z > 0: positive contributions 2 and bias 3 count 1.5 times, negative ones once: z = 3 - 1 - 2 + 4.5 = 4.5.
    #expect(isNear(try found(GammaRule(gamma: 0.5)), [3 / 4.5 * 4, -1 / 4.5 * 4, -2 / 4.5 * 4]))
    // z < 0 (bias -1, z = -2): negative ones count 1.5 times: 2 - 1.5 - 3 - 1.5 = -4.
    #expect(isNear(try found(GammaRule(gamma: 0.5), bias: -1), [-2, 1.5, 3]))
    // Gamma 0 is epsilon.
    #expect(isNear(try found(GammaRule(gamma: 0)), [4, -2, -4]))
  }

  @Test func alphaBeta() throws {
    // Positive: 2 and bias 3, sum 5. Negative: -1, -2, sum -3. alpha 2, beta 1.
    #expect(isNear(try found(AlphaBetaRule()), [2 * 2 / 5 * 4, -1 / 3 * 4, -2 / 3 * 4]))
    let free = try found(AlphaBetaRule(bias: .ignore))
    #expect(isNear(free, [8, -4 / 3, -8 / 3]))
    #expect(abs(free.reduce(0, +) - 4) < 1e-4)
  }

  @Test func zPlus() throws {
    #expect(isNear(try found(ZPlusRule()), [2 / 5 * 4, 0, 0]))
    #expect(isNear(try found(ZPlusRule(bias: .ignore)), [4, 0, 0]))
    #expect(try found(ZPlusRule()) == found(AlphaBetaRule(alpha: 1, beta: 0)))
    // A negative input with a negative weight contributes: 2 · 1 and -1 · -1.
    let negative = Tensor(shape: [1, 3], scalars: [2, -1, 1])
    #expect(
      isNear(try found(ZPlusRule(bias: .ignore), input: negative), [2 / 5 * 4, 1 / 5 * 4, 2 / 5 * 4]))
  }

  @Test func wSquareAndFlat() throws {
    // w² = 1, 1, 4; the squared bias is 9.
    #expect(isNear(try found(WSquareRule()), [4 / 15, 4 / 15, 16 / 15]))
    #expect(isNear(try found(WSquareRule(bias: .ignore)), [4 / 6, 4 / 6, 16 / 6]))
    #expect(isNear(try found(FlatRule()), [4 / 3, 4 / 3, 4 / 3]))
  }

  @Test func zBox() throws {
    // From l = -2 and h = 3: x w - l w⁺ - h w⁻ = 2 + 2, -1 + 3, -2 + 4; their sum is 8.
    let rule = ZBoxRule(
      low: Tensor(repeating: -2, shape: [1, 3]), high: Tensor(repeating: 3, shape: [1, 3]))
    #expect(isNear(try found(rule), [2, 1, 1]))
  }

  /// A border of zeros is no input: corner units read four pixels of a 3 x 3 window, and share among these.
  @Test func paddingIsNoInput() throws {
    let layer = Conv2D(kernel: Tensor(repeating: 7, shape: [3, 3, 1, 1]), padding: .same)
    let step = Step(applying: layer, to: [Tensor(repeating: 5, shape: [1, 2, 2, 1])])
    let found = try FlatRule().propagate(Tensor(repeating: 1, shape: [1, 2, 2, 1]), through: step)[0].scalars
    #expect(WorkedExample.isNear(found, [1, 1, 1, 1], within: 1e-5))
  }

  @Test func sumsSplitInProportion() throws {
    let inputs = [Tensor(shape: [1, 2], scalars: [3, 1]), Tensor(shape: [1, 2], scalars: [1, -3])]
    let step = Step(applying: Merge(.add), to: inputs)
    let parts = NormRule().propagate(Tensor(shape: [1, 2], scalars: [8, 4]), through: step)
    // 3 : 1 of 8; 1 : -3 of 4 by z = -2.
    #expect(isNear(parts[0].scalars, [6, -2]) && isNear(parts[1].scalars, [2, 6]))
    let pooled = Step(applying: AveragePool2D(1, 2), to: [Tensor(shape: [1, 1, 2, 1], scalars: [3, 1])])
    #expect(
      isNear(
        NormRule().propagate(Tensor(shape: [1, 1, 1, 1], scalars: [8]), through: pooled)[0].scalars, [6, 2]))
  }

  /// Squeeze and excitation: the map takes all; equal factors share; a sigmoid takes nothing.
  @Test func gatesTakeNothing() throws {
    let signal = Tensor(shape: [1, 1, 2, 1], scalars: [3, 5])
    let squeezed = Step(
      applying: Merge(.multiply),
      to: [Tensor(repeating: 2, shape: [1, 1, 2, 1]), Tensor(repeating: 3, shape: [1, 1, 1, 1])])
    let parts = GateRule().propagate(signal, through: squeezed)
    #expect(parts[0].scalars == [3, 5] && parts[1].scalars == [0])
    let equal = Step(
      applying: Merge(.multiply), to: Array(repeating: Tensor(repeating: 2, shape: [1, 1, 2, 1]), count: 2))
    #expect(GateRule().propagate(signal, through: equal).map(\.scalars) == [[1.5, 2.5], [1.5, 2.5]])
    var net = NetworkBuilder(input: [1, 1, 2])
    let gate = try net.add(Activation.sigmoid, named: "gate")
    try net.add(Merge(.multiply), named: "swish", inputs: [net.graph.inputs[0], gate])
    let tape = try Tape(net.graph, feeding: [Tensor(repeating: 1, shape: [1, 1, 1, 2])], upTo: [net.last])
    let step = try #require(tape.step(at: net.last))
    let found = GateRule().propagate(Tensor(shape: [1, 1, 1, 2], scalars: [3, 5]), through: step)
    #expect(found.map(\.scalars) == [[3, 5], [0, 0]])
  }

  @Test func aRuleForWeightsRefusesOtherLayers() throws {
    let error = #expect(throws: PropagationError.self) {
      try ZPlusRule().propagate(relevance, through: Step(name: "relu", applying: ReLU(), to: [relevance]))
    }
    #expect(
      error?.description
        == "layer \"relu\", rule ZPlusRule: found ReLU, expected a dense layer or a convolution")
  }
}
