import Testing

@testable import Methods

@Suite struct OptimiserTests {
  /// Adam's first step is the rate, whatever the gradient's size.
  @Test func adam() {
    var (adam, parameters) = (Adam(rate: 0.1, count: 2), [Float(1), 1])
    adam.step(&parameters, along: [1000, -0.01])
    #expect(abs(parameters[0] - 0.9) < 1e-5 && abs(parameters[1] - 1.1) < 1e-5)
  }

  /// v = 1, then 0.5 + 1: steps of 0.1 and 0.15.
  @Test func momentum() {
    var (descent, parameters) = (GradientDescent(rate: 0.1, momentum: 0.5, count: 1), [Float(1)])
    descent.step(&parameters, along: [1])
    descent.step(&parameters, along: [1])
    #expect(abs(parameters[0] - 0.75) < 1e-6)
  }
}
