import SaliencyCore
import TestSupport

@testable import Methods

/// One layer of units between the pixels and the score: what a rule for ReLUs decides, unit by unit.
///
/// Three pixels (2, -1, 3) go through the units one by one; the score weighs them (1, 1, -1).
enum RuleExample {
  static func request(
    _ units: any Layer, pixels: [Float] = [2, -1, 3], name: String = "units"
  ) throws -> AttributionRequest {
    let model = try TinyNetworks.chain(
      [1, 1, 3],
      [
        (name, units), ("flatten", Flatten()),
        ("score", Dense(kernel: Tensor(shape: [3, 1], scalars: [1, 1, -1]))),
      ])
    return try AttributionRequest(model, inputs: Tensor(shape: [1, 1, 1, 3], scalars: pixels))
  }
}
