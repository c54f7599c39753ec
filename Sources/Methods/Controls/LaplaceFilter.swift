internal import Configuration
public import SaliencyCore

/// The image's second derivative: fine detail, which the maps of some methods resemble whatever the model.
///
/// Attribution `[N, H, W, 1]`: |4 x - up - down - left - right| of the mean over the channels of the preprocessed
/// image, edges clamped.
public struct LaplaceFilter: SaliencyMethod {
  public static let descriptor = MethodDescriptor(
    "laplace", title: "Laplace filter", family: .control, paper: "", reduction: .sum)

  public init() {}

  public var expectedPasses: Passes { Passes() }

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    let images = request.inputs
    let (height, width) = (images.shape[1], images.shape[2])
    let grey = images.sumOverChannels() * (1 / Float(images.shape[3]))
    return Attribution(
      Tensor(shape: grey.shape) { result in
        for n in 0..<images.batchSize {
          for y in 0..<height {
            for x in 0..<width {
              let vertical = grey[n, max(y - 1, 0), x, 0] + grey[n, min(y + 1, height - 1), x, 0]
              let horizontal = grey[n, y, max(x - 1, 0), 0] + grey[n, y, min(x + 1, width - 1), 0]
              result[(n * height + y) * width + x] = abs(4 * grey[n, y, x, 0] - vertical - horizontal)
            }
          }
        }
      })
  }
}
