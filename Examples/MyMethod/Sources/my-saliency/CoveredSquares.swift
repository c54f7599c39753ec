import Saliency

/// Covered squares, a simple form of occlusion: how far the score falls when a square of the image is covered.
///
/// Attribution `[N, h, w, 1]`, one value for each square of `size` x `size` pixels, covered by zeros of the preprocessed
/// space: S(x) - S(x covered). M. D. Zeiler, R. Fergus, ECCV 2014, arXiv:1311.2901, section 4.2.
///
/// - Complexity: one forward pass for each square.
struct CoveredSquares: SaliencyMethod {
  static let descriptor = MethodDescriptor(
    "covered-squares", title: "Covered squares", family: .perturbation,
    paper: "Zeiler 2014, arXiv:1311.2901", reduction: .sum, isSigned: true)

  /// The side of a square, in pixels; where it divides the image's, the enlarged map lies exactly over the squares.
  var size = 8

  func validate() throws { try Self.require("size", size, in: 1...Self.largestCount) }

  func attribution(for request: AttributionRequest) throws -> Attribution {
    let (height, width) = (request.model.inputShape[0], request.model.inputShape[1])
    let (rows, columns) = ((height + size - 1) / size, (width + size - 1) / size)
    var drops: [[Float]] = []
    for square in 0..<(rows * columns) {
      let kept = (0..<(height * width)).map { pixel -> Float in
        (pixel / width / size, pixel % width / size) == (square / columns, square % columns) ? 0 : 1
      }
      let mask = Tensor(shape: [1, height, width, 1], scalars: kept)
      let covered = try request.with(inputs: request.inputs.multiplied(broadcasting: mask))
      drops.append(zip(request.scores, covered.scores).map { $0 - $1 })
    }
    let values = request.targets.indices.flatMap { image in drops.map { $0[image] } }
    return Attribution(Tensor(shape: [request.targets.count, rows, columns, 1], scalars: values))
  }
}
