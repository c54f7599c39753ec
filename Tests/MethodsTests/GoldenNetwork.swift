import Foundation
import SaliencyCore
import TestSupport
import Testing

/// The network and image of `Golden/perturbation_methods.py`, and what other toolkits make of them.
enum GoldenNetwork {
  static let (height, width, target) = (12, 10, 2)

  /// The numbers that the script makes, too.
  static func numbers(_ shape: Shape, _ phase: Double) -> Tensor {
    Tensor(
      shape: shape,
      scalars: (0..<shape.count).map { i in
        let x = Double(i)
        return Float(sin(1.7 * x * x + 0.3 * x + phase))
      })
  }

  static func model() throws -> Model {
    let first = Conv2D(
      kernel: numbers([3, 3, 3, 4], 1) * 0.5, bias: numbers([4], 3) * 0.1, padding: .same)
    let second = Conv2D(
      kernel: numbers([3, 3, 4, 6], 2) * 0.4, bias: numbers([6], 4) * 0.1, padding: .same)
    return try TinyNetworks.chain(
      [height, width, 3],
      [
        ("conv1", first), ("relu1", ReLU()), ("pool", MaxPool2D(2, 2)), ("conv2", second),
        ("relu2", ReLU()), ("flatten", Flatten()),
        ("score", Dense(kernel: numbers([180, 5], 5) * 0.3, bias: numbers([5], 6) * 0.1)),
      ], name: "golden")
  }

  static func request() throws -> AttributionRequest {
    try AttributionRequest(
      try model(), inputs: numbers([1, height, width, 3], 7) * 2, targets: [.index(target)],
      layer: "relu2")
  }

  /// Whether a method's answer is that of the script, to 1e-4 in the L2 norm.
  static func agrees(_ method: some SaliencyMethod, _ name: String) throws -> Bool {
    try agrees(method.attribution(for: request()).values.scalars, name)
  }

  static func agrees(
    _ found: [Float], _ name: String, in file: String = "perturbation_methods",
    within tolerance: Double = 1e-4
  ) throws -> Bool {
    let expected = try #require(results(file)[name])
    #expect(found.count == expected.count)
    let distance = zip(found, expected).reduce(0) { $0 + pow(Double($1.0) - $1.1, 2) }.squareRoot()
    let size = expected.reduce(0) { $0 + $1 * $1 }.squareRoot()
    if distance > tolerance * size { Issue.record("\(name): relative distance \(distance / size)") }
    return distance <= tolerance * size
  }

  static func results(_ file: String) throws -> [String: [Double]] {
    let url = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../Golden/\(file).json").standardized
    return try JSONDecoder().decode([String: [Double]].self, from: Data(contentsOf: url))
  }
}

/// A linear score of four pixels: 1, -2, 3 and 4 times their values.
enum LinearExample {
  static func model() throws -> Model {
    try TinyNetworks.chain(
      [2, 2, 1],
      [
        ("maps", Identity()), ("flatten", Flatten()),
        ("score", Dense(kernel: Tensor(shape: [4, 1], scalars: [1, -2, 3, 4]))),
      ], name: "linear")
  }

  /// The image 1, 2, 3, -1, whose score is 1 - 4 + 9 - 4 = 2: the parts 1, -4, 9, -4.
  static func request() throws -> AttributionRequest {
    try AttributionRequest(try model(), inputs: Tensor(shape: [1, 2, 2, 1], scalars: [1, 2, 3, -1]))
  }

  static func values(_ method: some SaliencyMethod) throws -> [Float] {
    try method.attribution(for: request()).values.scalars
  }
}
