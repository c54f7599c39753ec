extension Tensor {
  /// The tensor of `transform` applied to each element.
  public func map(_ transform: (Float) -> Float) -> Tensor {
    Tensor(shape: shape) { result in
      withUnsafeScalars { a in for i in 0..<a.count { result[i] = transform(a[i]) } }
    }
  }

  /// The tensor of `combine` applied to the elements of two tensors of one shape.
  public func zip(_ other: Tensor, _ combine: (Float, Float) -> Float) -> Tensor {
    precondition(shape == other.shape, "shapes differ: \(shape) and \(other.shape)")
    return Tensor(shape: shape) { result in
      withUnsafeScalars { a in
        other.withUnsafeScalars { b in for i in 0..<a.count { result[i] = combine(a[i], b[i]) } }
      }
    }
  }

  public static func + (a: Tensor, b: Tensor) -> Tensor { Kernels.add(a, b) }
  public static func - (a: Tensor, b: Tensor) -> Tensor { a.zip(b, -) }
  public static func * (a: Tensor, b: Tensor) -> Tensor { Kernels.multiply(a, b) }
  public static func / (a: Tensor, b: Tensor) -> Tensor { a.zip(b, /) }
  public static func * (a: Tensor, b: Float) -> Tensor { Kernels.scale(a, by: b) }
  public static func * (a: Float, b: Tensor) -> Tensor { b * a }
  public static func + (a: Tensor, b: Float) -> Tensor { a.map { $0 + b } }
  public static prefix func - (a: Tensor) -> Tensor { a.map { -$0 } }

  /// Adds another tensor of the same shape in place.
  public static func += (a: inout Tensor, b: Tensor) {
    Kernels.add(b, to: &a)
  }

  /// max(x, 0), element by element; NaN stays NaN.
  public var positivePart: Tensor { Kernels.rectify(self) }

  /// min(x, 0), element by element.
  public var negativePart: Tensor { map { $0 < 0 ? $0 : 0 } }

  /// |x|, element by element.
  public var magnitude: Tensor { map(abs) }

  /// Multiplies every spatial position and channel of an `[N, H, W, C]` tensor by an `[N, 1, 1, C]`, `[N, H, W, 1]`,
  /// or equally shaped one, repeating the axes of size one.
  public func multiplied(broadcasting other: Tensor) -> Tensor {
    if other.shape == shape { return self * other }
    precondition(
      shape.rank == 4 && other.shape.rank == 4
        && (0..<4).allSatisfy { other.shape[$0] == shape[$0] || other.shape[$0] == 1 },
      "\(other.shape) cannot be repeated to \(shape)")
    if other.shape == [shape[0], 1, 1, channels] { return Kernels.scale(self, bySampleAndChannel: other) }
    return self * Broadcast(other.shape, to: shape).spread(other)
  }
}
