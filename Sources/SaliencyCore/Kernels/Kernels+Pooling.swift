internal import CKernels

/// Where in each window the maximum was found: one byte for each output element.
struct ArgmaxIndices: Sendable {
  let places: [UInt8]
}

extension Kernels {
  private static var threads: Int32 { Int32(Execution.threads) }

  static func pool(_ window: Window, _ place: Window.Placement, channels: Int) -> ck_pool {
    ck_pool(
      in_height: place.inputHeight, in_width: place.inputWidth, out_height: place.outputHeight,
      out_width: place.outputWidth, channels: channels, window_height: window.height,
      window_width: window.width,
      stride_height: window.strideY, stride_width: window.strideX, pad_top: place.top, pad_left: place.left)
  }

  private static func outputShape(_ a: Tensor, _ place: Window.Placement) -> Shape {
    [a.batchSize, place.outputHeight, place.outputWidth, a.channels]
  }

  static func maximum(_ a: Tensor, _ window: Window, _ place: Window.Placement) -> Tensor {
    var c = pool(window, place, channels: a.channels)
    return Tensor(shape: outputShape(a, place)) {
      ck_max_pool_forward(&c, a.batchSize, a.start, $0.baseAddress, nil, threads)
    }
  }

  /// The maxima and where they are, for windows of at most 256 positions.
  static func argmax(_ a: Tensor, _ window: Window, _ place: Window.Placement) -> (Tensor, ArgmaxIndices) {
    var c = pool(window, place, channels: a.channels)
    var argmax = ArgmaxIndices(places: [])
    let maxima = Tensor(shape: outputShape(a, place)) { result in
      argmax = ArgmaxIndices(
        places: [UInt8](unsafeUninitializedCapacity: result.count) { places, count in
          ck_max_pool_forward(&c, a.batchSize, a.start, result.baseAddress, places.baseAddress, threads)
          count = result.count
        })
    }
    return (maxima, argmax)
  }

  /// The gradient at the input of a maximum pooling.
  ///
  /// - Parameters:
  ///   - maxima: The pooling's own result.
  ///   - epilogue: A mask in it is the pooling's input, as that of every pullback is.
  static func maximumBackward(
    _ gradient: Tensor, _ argmax: ArgmaxIndices, maxima: @autoclosure () -> Tensor?, _ window: Window,
    _ place: Window.Placement, _ epilogue: Epilogue
  ) -> Tensor {
    var c = pool(window, place, channels: gradient.channels)
    var (epilogue, known) = (epilogue, Tensor?.none)
    let limit = epilogue.maskLimit ?? 0
    if epilogue.mask != nil, epilogue.addend == nil, let maxima = maxima() {
      // Only maxima get a gradient, and the result holds their values: a smaller map to read than the input.
      (known, epilogue.mask) = (maxima, nil)
    }
    return Tensor(shape: [gradient.batchSize, place.inputHeight, place.inputWidth, gradient.channels]) {
      result in
      epilogue.withC { epilogue in
        ck_max_pool_backward(
          &c, gradient.batchSize, gradient.start, argmax.places, known?.start, limit, epilogue,
          result.baseAddress, threads)
      }
    }
  }

  static func average(_ a: Tensor, _ window: Window, _ place: Window.Placement) -> Tensor {
    var c = pool(window, place, channels: a.channels)
    return Tensor(shape: outputShape(a, place)) {
      ck_average_pool_forward(&c, a.batchSize, a.start, $0.baseAddress, threads)
    }
  }

  static func averageBackward(
    _ gradient: Tensor, _ window: Window, _ place: Window.Placement, _ epilogue: Epilogue
  ) -> Tensor {
    var c = pool(window, place, channels: gradient.channels)
    return Tensor(shape: [gradient.batchSize, place.inputHeight, place.inputWidth, gradient.channels]) {
      result in
      epilogue.withC { epilogue in
        ck_average_pool_backward(
          &c, gradient.batchSize, gradient.start, epilogue, result.baseAddress, threads)
      }
    }
  }

  /// The mean over the pixels of each channel: `[N, H, W, C]` to `[N, 1, 1, C]`.
  static func globalAverage(_ a: Tensor) -> Tensor {
    Tensor(shape: [a.shape[0], 1, 1, a.shape[3]]) {
      ck_global_average_forward(
        a.shape[0], a.shape[1] * a.shape[2], a.shape[3], a.start, $0.baseAddress, threads)
    }
  }

  static func globalAverageBackward(_ gradient: Tensor, _ epilogue: Epilogue, shape: Shape) -> Tensor {
    Tensor(shape: shape) { result in
      epilogue.withC { epilogue in
        ck_global_average_backward(
          shape[0], shape[1] * shape[2], shape[3], gradient.start, epilogue, result.baseAddress, threads)
      }
    }
  }
}
