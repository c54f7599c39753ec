internal import SaliencyCore

/// The score of an image seen through a mask, and how the score changes with the mask.
struct MaskedImage {
  let copies: ImageCopies
  /// What the mask hides is replaced by this, `[1, H, W, C]`.
  let cover: Tensor
  private let difference: Tensor

  init(_ copies: ImageCopies, cover: Tensor) {
    (self.copies, self.cover) = (copies, cover)
    difference = copies.image - cover
  }

  /// f(cover + m (x - cover)) and its gradient with respect to a mask `[1, H, W, 1]` of the image's size.
  ///
  /// - Parameter shift: By how many rows and columns the network sees the masked image shifted; edges are repeated.
  func score(
    _ mask: Tensor, shift: (rows: Int, columns: Int) = (0, 0)
  ) throws -> (score: Float, gradient: Tensor) {
    let masked = cover + difference.multiplied(broadcasting: mask)
    let shifted = try copies.request.with(
      inputs: Self.moved(masked, by: shift), explainedAs: copies.sample)
    let seen = try shifted.inputGradient().0
    let gradient = Self.movedBack(seen, by: shift)
    return (shifted.scores[0], (gradient * difference).sumOverChannels())
  }

  private static func moved(_ image: Tensor, by shift: (rows: Int, columns: Int)) -> Tensor {
    guard shift != (0, 0) else { return image }
    return Tensor(shape: image.shape) { result in
      image.withUnsafeScalars { a in
        forEachPixel(image.shape, shift) { to, from in
          for c in 0..<image.shape[3] { result[to + c] = a[from + c] }
        }
      }
    }
  }

  /// The transpose of `moved`.
  private static func movedBack(_ gradient: Tensor, by shift: (rows: Int, columns: Int)) -> Tensor {
    guard shift != (0, 0) else { return gradient }
    var result = Tensor(repeating: 0, shape: gradient.shape)
    result.withUnsafeMutableScalars { result in
      gradient.withUnsafeScalars { g in
        forEachPixel(gradient.shape, shift) { to, from in
          for c in 0..<gradient.shape[3] { result[from + c] += g[to + c] }
        }
      }
    }
    return result
  }

  private static func forEachPixel(
    _ shape: Shape, _ shift: (rows: Int, columns: Int), _ body: (_ to: Int, _ from: Int) -> Void
  ) {
    let (height, width, channels) = (shape[1], shape[2], shape[3])
    for y in 0..<height {
      let row = min(max(y - shift.rows, 0), height - 1)
      for x in 0..<width {
        let column = min(max(x - shift.columns, 0), width - 1)
        body((y * width + x) * channels, (row * width + column) * channels)
      }
    }
  }
}
