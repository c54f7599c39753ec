import SaliencyCore

/// Convolution and pooling written as they are defined, one sum at a time in double precision.
///
/// Slow and obvious: what the layers, and any faster kernel behind them, are held against.
enum Reference {
  /// How a window lies along one axis: TensorFlow's rule, written out once more.
  struct Axis {
    let size, window, stride, dilation, count, before: Int

    init(_ size: Int, _ window: Int, stride: Int, dilation: Int, padding: Padding) {
      (self.size, self.window, self.stride, self.dilation) = (size, window, stride, dilation)
      let reach = (window - 1) * dilation + 1
      if padding == .valid {
        (count, before) = ((size - reach) / stride + 1, 0)
      } else {
        count = (size + stride - 1) / stride
        before = max((count - 1) * stride + reach - size, 0) / 2
      }
    }

    /// The input position under one tap of one output position, or nil where it is padding.
    func source(_ output: Int, _ tap: Int) -> Int? {
      let position = output * stride + tap * dilation - before
      return position >= 0 && position < size ? position : nil
    }
  }

  /// Everything a convolution is, in numbers: `multiply(output, input, kernel)` for every term of every sum.
  struct Convolution {
    let rows, columns: Axis
    let batch, channels, filters, groupChannels, groupFilters: Int

    init(_ layer: Conv2D, on shape: Shape) {
      let window = layer.window
      rows = Axis(
        shape[1], window.height, stride: window.strideY, dilation: window.dilationY, padding: window.padding)
      columns = Axis(
        shape[2], window.width, stride: window.strideX, dilation: window.dilationX, padding: window.padding)
      (batch, channels, filters) = (shape[0], shape[3], layer.kernel.shape[3])
      (groupChannels, groupFilters) = (channels / layer.groups, filters / layer.groups)
    }

    var outputShape: Shape { [batch, rows.count, columns.count, filters] }

    func forEachTerm(_ body: (_ output: Int, _ input: Int, _ kernel: Int) -> Void) {
      for n in 0..<batch {
        for y in 0..<rows.count {
          for x in 0..<columns.count {
            for ky in 0..<rows.window {
              guard let sy = rows.source(y, ky) else { continue }
              for kx in 0..<columns.window {
                guard let sx = columns.source(x, kx) else { continue }
                let output = ((n * rows.count + y) * columns.count + x) * filters
                let input = ((n * rows.size + sy) * columns.size + sx) * channels
                let kernel = (ky * columns.window + kx) * groupChannels * filters
                for f in 0..<filters {
                  let first = f / groupFilters * groupChannels
                  for c in 0..<groupChannels {
                    body(output + f, input + first + c, kernel + c * filters + f)
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  /// Sums products of two arrays into a third, in double precision.
  static func sum(
    _ shape: Shape, _ a: Tensor, _ b: Tensor,
    terms: ((_ target: Int, _ a: Int, _ b: Int) -> Void) -> Void
  ) -> Tensor {
    var totals = [Double](repeating: 0, count: shape.count)
    totals.withUnsafeMutableBufferPointer { totals in
      a.withUnsafeScalars { a in
        b.withUnsafeScalars { b in
          terms { target, i, j in totals[target] += Double(a[i]) * Double(b[j]) }
        }
      }
    }
    return Tensor(shape: shape, scalars: totals.map(Float.init))
  }

  static func forward(_ layer: Conv2D, _ input: Tensor) -> Tensor {
    let loops = Convolution(layer, on: input.shape)
    let products = sum(loops.outputShape, input, layer.kernel) { add in
      loops.forEachTerm { output, input, kernel in add(output, input, kernel) }
    }
    guard let bias = layer.bias else { return products }
    return products
      + Tensor(shape: products.shape, scalars: (0..<products.count).map { bias[$0 % bias.count] })
  }

  static func pullback(_ layer: Conv2D, _ input: Tensor, _ signal: Tensor) -> Tensor {
    let loops = Convolution(layer, on: input.shape)
    return sum(input.shape, signal, layer.kernel) { add in
      loops.forEachTerm { output, input, kernel in add(input, output, kernel) }
    }
  }

  static func kernelGradient(_ layer: Conv2D, _ input: Tensor, _ signal: Tensor) -> Tensor {
    let loops = Convolution(layer, on: input.shape)
    return sum(layer.kernel.shape, signal, input) { add in
      loops.forEachTerm { output, input, kernel in add(kernel, output, input) }
    }
  }

  /// A depthwise convolution as the grouped convolution it is: one group for each channel.
  static func grouped(_ layer: DepthwiseConv2D) -> Conv2D {
    let shape = layer.kernel.shape
    let window = layer.window
    return Conv2D(
      kernel: layer.kernel.reshaped(to: [shape[0], shape[1], 1, shape[2] * shape[3]]), bias: layer.bias,
      strides: (window.strideY, window.strideX), dilation: (window.dilationY, window.dilationX),
      padding: window.padding, groups: shape[2])
  }

  /// For each output element, what `reduce` makes of the values under its window, in row-major order.
  static func pool(_ window: Window, _ input: Tensor, _ reduce: ([Float]) -> Float) -> Tensor {
    let shape = input.shape
    let rows = Axis(shape[1], window.height, stride: window.strideY, dilation: 1, padding: window.padding)
    let columns = Axis(shape[2], window.width, stride: window.strideX, dilation: 1, padding: window.padding)
    var result: [Float] = []
    for n in 0..<shape[0] {
      for y in 0..<rows.count {
        for x in 0..<columns.count {
          for c in 0..<shape[3] {
            var under: [Float] = []
            for ky in 0..<rows.window {
              for kx in 0..<columns.window {
                if let sy = rows.source(y, ky), let sx = columns.source(x, kx) {
                  under.append(input[n, sy, sx, c])
                }
              }
            }
            result.append(reduce(under))
          }
        }
      }
    }
    return Tensor(shape: [shape[0], rows.count, columns.count, shape[3]], scalars: result)
  }
}
