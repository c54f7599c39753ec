internal import Configuration
public import SaliencyCore

/// The image's edges: what looks like an explanation to the eye (Adebayo 2018, arXiv:1810.03292).
///
/// Attribution `[N, H, W, 1]`: the length of the Sobel gradient of the mean over the channels of the preprocessed image, edges clamped.
public struct SobelEdges: SaliencyMethod {
  public static let descriptor = MethodDescriptor(
    "sobel", title: "Sobel edges", family: .control, paper: "", reduction: .sum)

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
              func at(_ dy: Int, _ dx: Int) -> Float {
                grey[n, min(max(y + dy, 0), height - 1), min(max(x + dx, 0), width - 1), 0]
              }
              let down = at(1, -1) + 2 * at(1, 0) + at(1, 1) - at(-1, -1) - 2 * at(-1, 0) - at(-1, 1)
              let right = at(-1, 1) + 2 * at(0, 1) + at(1, 1) - at(-1, -1) - 2 * at(0, -1) - at(1, -1)
              result[(n * height + y) * width + x] = (down * down + right * right).squareRoot()
            }
          }
        }
      })
  }
}
