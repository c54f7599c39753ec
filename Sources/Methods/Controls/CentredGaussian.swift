internal import Configuration
internal import Foundation
public import SaliencyCore

/// A Gaussian in the middle of the image, where photographers place objects.
///
/// Attribution `[N, H, W, 1]`: exp(-((y / H)² + (x / W)²) / (2 sigma²)), y and x from the centre.
public struct CentredGaussian: SaliencyMethod {
  public static let descriptor = MethodDescriptor(
    "centre", title: "Centred Gaussian", family: .control, paper: "", reduction: .sum)

  /// The standard deviation as a fraction of each side.
  public var sigma: Float = 0.25

  public init() {}

  public func validate() throws { try Self.require("sigma", sigma, above: 0) }

  public var expectedPasses: Passes { Passes() }

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    let shape = request.model.inputShape
    let (rows, columns) = (bell(shape[0]), bell(shape[1]))
    let map = Tensor(
      shape: [1, shape[0], shape[1], 1], scalars: rows.flatMap { row in columns.map { row * $0 } })
    return Attribution(map.repeated(request.inputs.batchSize))
  }

  private func bell(_ count: Int) -> [Float] {
    (0..<count).map { i in
      let x = (Double(i) + 0.5) / Double(count) - 0.5
      return Float(exp(-x * x / (2 * Double(sigma) * Double(sigma))))
    }
  }
}
