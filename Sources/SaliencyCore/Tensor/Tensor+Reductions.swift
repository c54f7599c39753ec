extension Tensor {
  /// The sum of all elements, accumulated in double precision.
  public var sum: Double { withUnsafeScalars { $0.reduce(0) { $0 + Double($1) } } }

  /// The smallest and the largest element, or nil if there are none.
  public var bounds: (low: Float, high: Float)? {
    withUnsafeScalars { a in
      guard let first = a.first else { return nil }
      return a.reduce((first, first)) { (min($0.0, $1), max($0.1, $1)) }
    }
  }

  /// Whether no element is infinite or NaN.
  public var isFinite: Bool { withUnsafeScalars { $0.allSatisfy(\.isFinite) } }

  /// The index of the first largest element.
  public var indexOfMaximum: Int {
    withUnsafeScalars { a in
      var best = 0
      for i in 0..<a.count where a[i] > a[best] { best = i }
      return best
    }
  }

  /// The inner product with a tensor of the same shape, accumulated in double precision.
  public func dot(_ other: Tensor) -> Double {
    precondition(shape == other.shape, "shapes differ: \(shape) and \(other.shape)")
    return withUnsafeScalars { a in
      other.withUnsafeScalars { b in
        var total = 0.0
        for i in 0..<a.count { total += Double(a[i]) * Double(b[i]) }
        return total
      }
    }
  }

  /// The L2 norm.
  public var norm: Double { dot(self).squareRoot() }

  /// `|self - reference| / |reference|` in the L2 norm; the plain norm where the reference is all zero.
  public func relativeError(to reference: Tensor) -> Double {
    let scale = reference.norm
    return (self - reference).norm / (scale > 0 ? scale : 1)
  }

  /// Sums an `[N, H, W, C]` tensor over its spatial axes, in double precision: shape `[N, 1, 1, C]`.
  public func sumOverSpace() -> Tensor {
    precondition(shape.rank == 4, "sum over space of a tensor of shape \(shape)")
    let (pixels, channels) = (shape[1] * shape[2], shape[3])
    return Tensor(shape: [shape[0], 1, 1, channels]) { result in
      withUnsafeScalars { a in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: channels) { total in
          for n in 0..<shape[0] {
            total.initialize(repeating: 0)
            for p in 0..<pixels {
              let row = UnsafeBufferPointer(rebasing: a[((n * pixels + p) * channels)...].prefix(channels))
              for c in 0..<channels { total[c] += Double(row[c]) }
            }
            for c in 0..<channels { result[n * channels + c] = Float(total[c]) }
          }
        }
      }
    }
  }

  /// The spatial mean of an `[N, H, W, C]` tensor: shape `[N, 1, 1, C]`.
  public func meanOverSpace() -> Tensor { sumOverSpace() * (1 / Float(max(shape[1] * shape[2], 1))) }

  /// Sums an `[N, H, W, C]` tensor over its channels, in double precision: shape `[N, H, W, 1]`.
  public func sumOverChannels() -> Tensor {
    precondition(shape.rank == 4, "sum over channels of a tensor of shape \(shape)")
    let channels = shape[3]
    return Tensor(shape: [shape[0], shape[1], shape[2], 1]) { result in
      withUnsafeScalars { a in
        // Eight pixels side by side: each is summed in the order of its channels, and none waits for another.
        var first = 0
        while first + 8 <= result.count {
          var total = SIMD8<Double>.zero
          for c in 0..<channels {
            var row = SIMD8<Float>.zero
            for p in 0..<8 { row[p] = a[(first + p) * channels + c] }
            total += SIMD8<Double>(row)
          }
          for p in 0..<8 { result[first + p] = Float(total[p]) }
          first += 8
        }
        for i in first..<result.count {
          result[i] = Float((0..<channels).reduce(0.0) { $0 + Double(a[i * channels + $1]) })
        }
      }
    }
  }
}
