internal import Support

/// How the value at a place between pixels is made.
public enum Interpolation: String, Sendable, Hashable, Codable, CaseIterable {
  /// The pixel whose area holds the place.
  case nearest
  /// Linear between the two nearest pixels along each axis, whatever the scale.
  case bilinear
  /// As `bilinear` when upsampling; when shrinking, the triangle is widened to cover every pixel of its area.
  case antialiased
}

/// Resizing of feature maps, saliency maps and images: the one implementation.
///
/// Pixel centres lie at half-integers and edges are clamped (align-corners is false), as in
/// `tf.image.resize`, `cv2.resize` and `torch.nn.functional.interpolate(align_corners=False)`. Positions are
/// computed in 32-bit floats exactly as TensorFlow does, so a Keras resizing layer agrees to rounding; a
/// position is therefore off by up to 2^-24 of the image's side.
public enum Resize {
  /// Resizes `[N, H, W, C]` to `[N, height, width, C]`, linearly along each axis.
  ///
  ///     Resize.bilinear(Tensor(shape: [1, 1, 2, 1], scalars: [0, 1]), to: (1, 4)).scalars
  ///     // [0, 0.25, 0.75, 1]
  ///
  /// - Parameter antialias: Widens the triangle when shrinking (`tf.image.resize(antialias=True)`).
  public static func bilinear(
    _ tensor: Tensor, to size: (height: Int, width: Int), antialias: Bool = false
  ) -> Tensor {
    apply(antialias ? .antialiased : .bilinear, to: tensor, size: size)
  }

  /// Resizes `[N, H, W, C]` to `[N, height, width, C]` by taking the nearest pixel.
  public static func nearest(_ tensor: Tensor, to size: (height: Int, width: Int)) -> Tensor {
    apply(.nearest, to: tensor, size: size)
  }

  /// Resizes `[N, H, W, C]` to `[N, height, width, C]`; what is held in between is never larger than the input or the output.
  public static func apply(
    _ interpolation: Interpolation, to tensor: Tensor, size: (height: Int, width: Int)
  ) -> Tensor {
    let shape = checked(tensor.shape, size)
    return apply(
      rows: AxisWeights(interpolation, from: shape[1], to: size.height),
      columns: AxisWeights(interpolation, from: shape[2], to: size.width), to: tensor)
  }

  static func apply(rows: AxisWeights, columns: AxisWeights, to tensor: Tensor) -> Tensor {
    let size = (height: rows.outputCount, width: columns.outputCount)
    let shape = checked(tensor.shape, size)
    if rowsComeFirst(from: (shape[1], shape[2]), to: size) {
      let low = rows.applied(to: tensor, outer: shape[0], inner: shape[2] * shape[3])
      let full = columns.applied(to: low, outer: shape[0] * size.height, inner: shape[3])
      return full.reshaped(to: [shape[0], size.height, size.width, shape[3]])
    }
    let wide = columns.applied(to: tensor, outer: shape[0] * shape[1], inner: shape[3])
    let full = rows.applied(to: wide, outer: shape[0], inner: size.width * shape[3])
    return full.reshaped(to: [shape[0], size.height, size.width, shape[3]])
  }

  /// Whether the height is changed before the width.
  ///
  /// The width comes first, as in TensorFlow, unless the tensor in between would be larger than both the input and the
  /// output: an image of 1 x 1,000,000 pixels, made as wide as a network's input at its full height. The other order is then
  /// never larger than the input.
  private static func rowsComeFirst(
    from input: (height: Int, width: Int), to output: (height: Int, width: Int)
  ) -> Bool {
    input.width < output.width && input.height > output.height
  }

  /// The gradient with respect to a tensor of spatial size `size`, given the gradient of its resized version.
  ///
  /// Resizing is linear, so this is its transpose: `dot(apply(x), g) == dot(x, pullback(g))`.
  public static func pullback(
    _ interpolation: Interpolation, of signal: Tensor, size: (height: Int, width: Int)
  ) -> Tensor {
    let shape = checked(signal.shape, size)
    let columns = AxisWeights(interpolation, from: size.width, to: shape[2])
    let rows = AxisWeights(interpolation, from: size.height, to: shape[1])
    if rowsComeFirst(from: size, to: (shape[1], shape[2])) {
      let low = columns.transposed(of: signal, outer: shape[0] * shape[1], inner: shape[3])
      let full = rows.transposed(of: low, outer: shape[0], inner: size.width * shape[3])
      return full.reshaped(to: [shape[0], size.height, size.width, shape[3]])
    }
    let wide = rows.transposed(of: signal, outer: shape[0], inner: shape[2] * shape[3])
    let full = columns.transposed(of: wide, outer: shape[0] * size.height, inner: shape[3])
    return full.reshaped(to: [shape[0], size.height, size.width, shape[3]])
  }

  private static func checked(_ shape: Shape, _ size: (height: Int, width: Int)) -> Shape {
    precondition(
      shape.rank == 4 && shape[1] > 0 && shape[2] > 0, "a tensor of shape \(shape) cannot be resized")
    precondition(size.height > 0 && size.width > 0, "a size of \(size.height) x \(size.width)")
    return shape
  }
}
