/// Convolution by the matrix of patches and OpenBLAS, one sample at a time.
///
/// The simple way, and the way to the gradients of parameters; the tests hold the kernels against it.
extension Conv2D {
  /// The convolution by products of patches with the kernel.
  func forwardByPatches(_ input: Tensor) -> Tensor {
    let patches = Patches(self, on: input)
    var result = Tensor(
      shape: [input.batchSize, patches.place.outputHeight, patches.place.outputWidth, filters]
    ) { output in
      for n in 0..<input.batchSize {
        for group in 0..<groups {
          patches.gather(input, sample: n, group: group) { matrix in
            patches.multiply(matrix, kernel, into: output, sample: n, group: group)
          }
        }
      }
    }
    if let bias { result.add(channelwise: bias) }
    return result
  }

  /// The gradient at the input by products of the cotangent with the kernel, added into the patches.
  func backwardByPatches(_ cotangent: Tensor, input: Tensor) -> Tensor {
    let patches = Patches(self, on: input)
    var result = Tensor(repeating: 0, shape: input.shape)
    result.withUnsafeMutableScalars { target in
      for n in 0..<input.batchSize {
        for group in 0..<groups {
          patches.scatter(into: target, sample: n, group: group) { matrix in
            patches.multiplyTransposed(cotangent, kernel, into: matrix, sample: n, group: group)
          }
        }
      }
    }
    return result
  }
}

/// The matrix of patches of one group of channels: a row for each output position, `h * w * C / groups` columns.
struct Patches {
  let window: Window
  let place: Window.Placement
  let channels: Int
  let groupChannels: Int
  let filters: Int
  let groupFilters: Int

  init(_ layer: Conv2D, on input: Tensor) {
    window = layer.window
    guard let place = window.placed(onHeight: input.shape[1], width: input.shape[2]) else {
      preconditionFailure("the graph checks that a window fits: \(input.shape)")
    }
    self.place = place
    channels = input.shape[3]
    groupChannels = layer.kernelShape[2]
    filters = layer.filters
    groupFilters = filters / layer.groups
  }

  var rows: Int { place.outputHeight * place.outputWidth }
  var columns: Int { window.height * window.width * groupChannels }
  private func input(_ sample: Int, _ group: Int) -> Int {
    sample * place.inputHeight * place.inputWidth * channels + group * groupChannels
  }
  private func output(_ sample: Int, _ group: Int) -> Int { sample * rows * filters + group * groupFilters }

  func gather(
    _ input: Tensor, sample: Int, group: Int, _ body: (UnsafePointer<Float>) -> Void
  ) {
    let start = self.input(sample, group)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: rows * columns) { matrix in
      matrix.initialize(repeating: 0)
      input.withUnsafeScalars { a in
        window.forEachTap(place) { output, tap, position in
          let from = start + position * channels
          let to = output * columns + tap * groupChannels
          for c in 0..<groupChannels { matrix[to + c] = a[from + c] }
        }
      }
      if let base = matrix.baseAddress { body(base) }
    }
  }

  func scatter(
    into target: UnsafeMutableBufferPointer<Float>, sample: Int, group: Int,
    _ body: (UnsafeMutablePointer<Float>) -> Void
  ) {
    let start = input(sample, group)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: rows * columns) { matrix in
      guard let base = matrix.baseAddress else { return }
      body(base)
      window.forEachTap(place) { output, tap, position in
        let to = start + position * channels
        let from = output * columns + tap * groupChannels
        for c in 0..<groupChannels { target[to + c] += matrix[from + c] }
      }
    }
  }

  func multiply(
    _ matrix: UnsafePointer<Float>, _ kernel: Tensor, into result: UnsafeMutableBufferPointer<Float>,
    sample: Int, group: Int
  ) {
    kernel.withUnsafeScalars { k in
      guard let k = k.baseAddress, let result = result.baseAddress else { return }
      MatrixProduct.multiply(
        rows: rows, columns: groupFilters, inner: columns, .init(matrix, pitch: columns),
        .init(k + group * groupFilters, pitch: filters), into: result + output(sample, group), pitch: filters)
    }
  }

  func multiplyTransposed(
    _ cotangent: Tensor, _ kernel: Tensor, into matrix: UnsafeMutablePointer<Float>, sample: Int, group: Int
  ) {
    cotangent.withUnsafeScalars { g in
      kernel.withUnsafeScalars { k in
        guard let g = g.baseAddress, let k = k.baseAddress else { return }
        MatrixProduct.multiply(
          rows: rows, columns: columns, inner: groupFilters,
          .init(g + output(sample, group), pitch: filters),
          .init(k + group * groupFilters, pitch: filters, transposed: true), into: matrix, pitch: columns)
      }
    }
  }

  func accumulateKernel(
    _ matrix: UnsafePointer<Float>, _ cotangent: Tensor, into gradient: UnsafeMutableBufferPointer<Float>,
    sample: Int, group: Int
  ) {
    cotangent.withUnsafeScalars { g in
      guard let g = g.baseAddress, let gradient = gradient.baseAddress else { return }
      MatrixProduct.multiply(
        rows: columns, columns: groupFilters, inner: rows,
        .init(matrix, pitch: columns, transposed: true), .init(g + output(sample, group), pitch: filters),
        into: gradient + group * groupFilters, pitch: filters, beta: 1)
    }
  }
}
