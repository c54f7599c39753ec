/// The matrix of patches of one group of channels: a row for each output position, `h * w * C / groups` columns.
struct Im2Col {
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

  func accumulateKernel(
    _ matrix: UnsafePointer<Float>, _ signal: Tensor, into gradient: UnsafeMutableBufferPointer<Float>,
    sample: Int, group: Int
  ) {
    signal.withUnsafeScalars { g in
      guard let g = g.baseAddress, let gradient = gradient.baseAddress else { return }
      MatrixProduct.multiply(
        rows: columns, columns: groupFilters, inner: rows,
        .init(matrix, pitch: columns, transposed: true), .init(g + output(sample, group), pitch: filters),
        into: gradient + group * groupFilters, pitch: filters, beta: 1)
    }
  }
}
