internal import CKernels

/// The C loops over whole tensors.
enum Kernels {
  private static var threads: Int32 { Int32(Execution.threads) }

  // MARK: Element by element

  /// The epilogue applied to each element; channels are the last axis.
  static func map(_ a: Tensor, _ epilogue: Epilogue) -> Tensor { map(FeatureView(a), epilogue) }

  static func map(_ a: FeatureView, _ epilogue: Epilogue) -> Tensor {
    let channels = a.channels
    return Tensor(shape: a.shape) { result in
      epilogue.withC { epilogue in
        ck_map_pixels(
          a.shape.count / max(channels, 1), channels, a.start, a.pitch, epilogue, result.baseAddress,
          channels,
          threads)
      }
    }
  }

  static func rectify(_ a: Tensor) -> Tensor {
    Tensor(shape: a.shape) { ck_relu(a.count, a.start, $0.baseAddress, threads) }
  }

  /// The gradient behind a ReLU with this maximum: 0 unless the ReLU passed its input.
  static func gate(_ gradient: Tensor, by reluMask: ReLUMaskSource, limit: Float?) -> Tensor {
    var epilogue = Epilogue()
    epilogue.gate(by: reluMask, limit: limit)
    return map(gradient, epilogue)
  }

  static func add(_ a: Tensor, _ b: Tensor) -> Tensor {
    precondition(a.shape == b.shape, "shapes differ: \(a.shape) and \(b.shape)")
    return Tensor(shape: a.shape) { ck_add(a.count, a.start, b.start, $0.baseAddress, threads) }
  }

  static func add(_ b: Tensor, to a: inout Tensor) {
    precondition(a.shape == b.shape, "shapes differ: \(a.shape) and \(b.shape)")
    a.withUnsafeMutableScalars { ck_add($0.count, $0.baseAddress, b.start, $0.baseAddress, threads) }
  }

  static func multiply(_ a: Tensor, _ b: Tensor) -> Tensor {
    precondition(a.shape == b.shape, "shapes differ: \(a.shape) and \(b.shape)")
    return Tensor(shape: a.shape) { ck_multiply(a.count, a.start, b.start, $0.baseAddress, threads) }
  }

  static func scale(_ a: Tensor, by factor: Float, plus offset: Float = 0) -> Tensor {
    Tensor(shape: a.shape) { ck_scale(a.count, a.start, factor, offset, $0.baseAddress, threads) }
  }

  /// Multiplies each number where it is.
  static func scale(_ a: UnsafeMutableBufferPointer<Float>, by factor: Float) {
    ck_scale(a.count, a.baseAddress, factor, 0, a.baseAddress, threads)
  }

  /// Standard normal numbers by position.
  static func normal(key: UInt64, stream: UInt64, into target: UnsafeMutableBufferPointer<Float>) {
    ck_normal(key, stream, target.count, target.baseAddress, threads)
  }

  /// `[N, H, W, C]` times one factor for each sample and channel, `[N, 1, 1, C]`.
  static func scale(_ a: Tensor, bySampleAndChannel factors: Tensor) -> Tensor {
    let (channels, pixels) = (a.channels, a.shape.sample.count / max(a.channels, 1))
    return Tensor(shape: a.shape) { result in
      for n in 0..<a.batchSize {
        var epilogue = ck_epilogue()
        epilogue.post_scale = factors.start.map { $0 + n * channels }
        let first = n * pixels * channels
        ck_map_pixels(
          pixels, channels, a.start.map { $0 + first }, channels, &epilogue,
          result.baseAddress.map { $0 + first },
          channels, threads)
      }
    }
  }

  /// The sum over pixels of a * b for each sample and channel: `[N, H, W, C]` to `[N, 1, 1, C]`.
  static func sumOfProducts(_ a: Tensor, _ b: Tensor, shape: Shape) -> Tensor {
    let pixels = a.shape.sample.count / max(a.channels, 1)
    return Tensor(shape: shape) {
      ck_sum_products(a.batchSize, pixels, a.channels, a.start, b.start, $0.baseAddress, threads)
    }
  }

  /// Copies rows of `width` floats that lie `from` and `to` floats apart.
  static func copyRows(
    _ rows: Int, width: Int, from source: UnsafePointer<Float>?, pitch: Int,
    to target: UnsafeMutablePointer<Float>?,
    pitch targetPitch: Int
  ) {
    guard rows > 0, width > 0 else { return }
    ck_map_pixels(rows, width, source, pitch, nil, target, targetPitch, threads)
  }

  /// Copies with axes in another order: for each axis of the result, outermost first, its size and its step in the input.
  static func permute(
    _ a: Tensor, sizes: [Int], steps: [Int], into target: UnsafeMutableBufferPointer<Float>
  ) {
    ck_permute(sizes.count, sizes, steps, a.start, target.baseAddress, threads)
  }

  // MARK: Dense

  /// x W for rows of x, with weights `[inputs, outputs]` as they are.
  static func dense(_ a: Tensor, _ weights: Tensor, _ epilogue: Epilogue, into target: FeatureTarget) {
    let (inputs, outputs) = (weights.shape[0], weights.shape[1])
    let rows = a.count / max(inputs, 1)
    BufferPool.shared.withFloats(ck_dense_workspace_size(inputs, outputs, rows)) { workspace in
      epilogue.withC { epilogue in
        ck_dense_forward(
          rows, inputs, outputs, a.start, weights.start, epilogue, target.start, workspace, threads)
      }
    }
  }

  /// x Wᵀ for rows of x.
  static func denseBackward(_ a: Tensor, _ weights: Tensor, _ epilogue: Epilogue, into target: FeatureTarget)
  {
    let (inputs, outputs) = (weights.shape[0], weights.shape[1])
    epilogue.withC { epilogue in
      ck_dense_backward(
        a.count / max(outputs, 1), inputs, outputs, a.start, weights.start, epilogue, target.start, threads)
    }
  }

  /// aᵀ b of two matrices with equally many rows: `[rows, m]` and `[rows, n]` to `[m, n]`.
  static func transposedProduct(_ a: Tensor, _ b: Tensor) -> Tensor {
    let (rows, columns) = (a.shape[0], a.shape[1])
    let transposed = Tensor(shape: [columns, rows]) { result in
      a.withUnsafeScalars { a in
        for row in 0..<rows {
          for column in 0..<columns { result[column * rows + row] = a[row * columns + column] }
        }
      }
    }
    return Tensor(shape: [columns, b.shape[1]], filledBy: { dense(transposed, b, Epilogue(), into: $0) })
  }

  // MARK: Depthwise

  static func depthwise(
    _ direction: Convolution.Direction, _ a: Tensor, _ kernel: Tensor, _ window: Window,
    _ place: Window.Placement,
    _ epilogue: Epilogue, into target: FeatureTarget
  ) {
    var c = ck_depthwise(
      in_height: place.inputHeight, in_width: place.inputWidth, channels: kernel.shape[2],
      multiplier: kernel.shape[3], out_height: place.outputHeight, out_width: place.outputWidth,
      kernel_height: window.height, kernel_width: window.width, stride_height: window.strideY,
      stride_width: window.strideX, dilation_height: window.dilationY, dilation_width: window.dilationX,
      pad_top: place.top, pad_left: place.left)
    let run = direction == .forward ? ck_depthwise_forward : ck_depthwise_backward
    epilogue.withC { epilogue in run(&c, a.batchSize, a.start, kernel.start, epilogue, target.start, threads)
    }
  }
}
