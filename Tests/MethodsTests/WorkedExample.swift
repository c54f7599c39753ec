import SaliencyCore
import TestSupport

@testable import Methods

/// A network small enough to explain with pencil and paper.
///
/// The image is itself the layer that is looked at (`maps`): 2 x 2 positions, two channels,
///
///     A_0 = 1 2    A_1 = 0 1
///           0 1          3 0
///
/// and the score is its inner product with the gradients
///
///     g_0 = 1 -1   g_1 = -1 1
///           2  2         -2 0
///
/// whose means are 1 and -1/2. A second class has the gradients with their signs changed.
enum WorkedExample {
  static let maps = interleaved([1, 2, 0, 1], [0, 1, 3, 0])
  static let gradients = interleaved([1, -1, 2, 2], [-1, 1, -2, 0])

  static func model() throws -> Model {
    let weights = gradients.scalars.flatMap { [$0, -$0] }
    return try TinyNetworks.chain(
      [2, 2, 2],
      [
        ("maps", Identity()), ("flatten", Flatten()),
        ("score", Dense(kernel: Tensor(shape: [8, 2], scalars: weights))),
      ])
  }

  /// Asked about the first class.
  static func request(_ model: Model? = nil) throws -> AttributionRequest {
    try AttributionRequest(try model ?? self.model(), inputs: maps, targets: [.index(0)], layer: "maps")
  }

  /// The four values of a method's answer, row by row.
  static func values(_ method: some SaliencyMethod) throws -> [Float] {
    try method.attribution(for: request()).values.scalars
  }

  /// The same maps under a pooled head: w_0 = 1, w_1 = -2 for the first class.
  static func pooledModel(_ pooling: any Layer = GlobalAveragePool2D()) throws -> Model {
    let weights: [Float] = [1, 0, -2, 5]
    return try TinyNetworks.chain(
      [2, 2, 2],
      [
        ("maps", Identity()), ("gap", pooling), ("flat", Flatten()),
        ("score", Dense(kernel: Tensor(shape: [2, 2], scalars: weights))),
      ], name: "pooled")
  }

  private static func interleaved(_ a: [Float], _ b: [Float]) -> Tensor {
    Tensor(shape: [1, 2, 2, 2], scalars: zip(a, b).flatMap { [$0, $1] })
  }

  static func isNear(_ found: [Float], _ expected: [Float], within tolerance: Float = 1e-6) -> Bool {
    found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance }
  }
}
