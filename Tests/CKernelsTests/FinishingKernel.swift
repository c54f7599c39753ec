import CKernels

/// A kernel that finishes what it stores by an epilogue, on a small input of its own.
struct FinishingKernel: Sendable {
  let name: String
  /// Of the result.
  let pixels: Int
  let channels: Int
  let run: @Sendable (UnsafePointer<ck_epilogue>, Int32) -> [Float]

  /// Every kernel that has an epilogue, for results of so many channels.
  static func all(channels: Int) -> [FinishingKernel] {
    convolutions(channels).flatMap(of) + depthwise(channels) + dense(channels) + pooling(channels)
      + maps(channels)
  }

  // MARK: Convolutions

  /// In both directions the results have `channels` channels, for they are those of either side.
  private static func convolutions(_ channels: Int) -> [Convolution] {
    func conv(_ kernel: Int, _ other: Int, stride: Int = 1, dilation: Int = 1, groups: Int = 1) -> Convolution
    {
      Convolution(
        height: 7, width: 9, channels: other, filters: channels, kernel: (kernel, kernel),
        stride: (stride, stride),
        dilation: (dilation, dilation), groups: groups, batch: 2)
    }
    var shapes = [
      conv(3, 5).same, conv(3, 70).same, conv(3, 6, stride: 2).same, conv(1, 20), conv(1, 9, stride: 2),
      conv(2, 3, stride: 3), conv(3, 7, dilation: 2).same,
    ]
    if channels % 32 == 0 {
      shapes += [conv(3, 10, groups: 2).same, conv(3, 12, stride: 2, groups: channels / 16).same]
    }
    return shapes
  }

  private static func of(_ shape: Convolution) -> [FinishingKernel] {
    var back = shape
    (back.channels, back.filters) = (shape.filters, shape.channels)
    return [(shape, CK_FORWARD), (back, CK_BACKWARD_DATA)].flatMap { shape, direction in
      let source = noise(shape.sourceCount(direction), seed: 1), filter = noise(shape.filterCount, seed: 2)
      let channels = shape.resultChannels(direction)
      return shape.algorithms(direction).map { algorithm in
        FinishingKernel(
          name: "\(shape) \(direction) by \(algorithm)", pixels: shape.resultCount(direction) / channels,
          channels: channels
        ) { epilogue, threads in
          shape.run(direction, algorithm, source[...], filter, finishing: epilogue, threads: threads)
        }
      }
    }
  }

  private static func depthwise(_ channels: Int) -> [FinishingKernel] {
    [(1, 1), (2, 1), (1, 2)].filter { channels % $0.1 == 0 }.flatMap { step, multiplier in
      let s = KernelTests.DepthwiseTests.Shape(
        9, channels / multiplier, x: multiplier, 3, stride: step, pad: (1, 1), batch: 2)
      let t = KernelTests.DepthwiseTests.Shape(
        9, channels, x: multiplier, 3, stride: step, pad: (1, 1), batch: 2)
      let there = noise(2 * 81 * s.channels, seed: 3),
        back = noise(2 * t.out * t.out * channels * multiplier, seed: 4)
      let filter = noise(9 * channels * multiplier, seed: 5)
      return [
        FinishingKernel(name: "depthwise \(s)", pixels: 2 * s.out * s.out, channels: channels) {
          epilogue, threads in
          var (c, result) = (s.c, blank(2 * s.out * s.out * channels))
          ck_depthwise_forward(&c, 2, there, filter, epilogue, &result, threads)
          return result
        },
        FinishingKernel(name: "depthwise back \(t)", pixels: 2 * 81, channels: channels) {
          epilogue, threads in
          var (c, result) = (t.c, blank(2 * 81 * channels))
          ck_depthwise_backward(&c, 2, back, filter, epilogue, &result, threads)
          return result
        },
      ]
    }
  }

  // MARK: Rows

  private static func dense(_ channels: Int) -> [FinishingKernel] {
    let (batch, others) = (11, 300)
    let rows = noise(batch * others, seed: 6), weights = noise(others * channels, seed: 7)
    return [
      FinishingKernel(name: "dense", pixels: batch, channels: channels) { epilogue, threads in
        var result = blank(batch * channels),
          workspace = blank(ck_dense_workspace_size(others, channels, batch))
        ck_dense_forward(batch, others, channels, rows, weights, epilogue, &result, &workspace, threads)
        return result
      },
      FinishingKernel(name: "dense back", pixels: batch, channels: channels) { epilogue, threads in
        var result = blank(batch * channels)
        ck_dense_backward(batch, channels, others, rows, weights, epilogue, &result, threads)
        return result
      },
      FinishingKernel(name: "matrix product", pixels: batch, channels: channels) { epilogue, threads in
        var packed = blank(ck_gemm_packed_size(others, channels)), result = blank(batch * channels)
        ck_gemm_pack(others, channels, weights, channels, 1, &packed)
        ck_gemm_run(batch, others, channels, rows, others, packed, epilogue, &result, channels, threads)
        return result
      },
    ]
  }

  private static func maps(_ channels: Int) -> [FinishingKernel] {
    let wide = noise(50 * (channels + 3), seed: 8), one = noise(2 * channels, seed: 9)
    let mapped = [channels, channels + 3].map { pitch in
      FinishingKernel(name: "map of pitch \(pitch)", pixels: 50, channels: channels) { epilogue, threads in
        var result = blank(50 * channels)
        ck_map_pixels(50, channels, wide, pitch, epilogue, &result, channels, threads)
        return result
      }
    }
    return mapped + [
      FinishingKernel(name: "global average back", pixels: 2 * 63, channels: channels) { epilogue, threads in
        var result = blank(2 * 63 * channels)
        ck_global_average_backward(2, 63, channels, one, epilogue, &result, threads)
        return result
      }
    ]
  }

  // MARK: Pooling

  private static func pooling(_ channels: Int) -> [FinishingKernel] {
    typealias Shape = KernelTests.PoolingTests.Shape
    let shapes = [
      Shape(9, channels, 2, stride: 2, batch: 2), Shape(9, channels, 3, stride: 2, pad: (1, 1), batch: 2),
      Shape(9, channels, 3, stride: 1, pad: (1, 1), batch: 2), Shape(9, channels, 2, stride: 3, batch: 2),
    ]
    return shapes.flatMap { s in
      let (inputs, outputs) = (2 * 81 * channels, 2 * s.out * s.out * channels)
      let gradient = noise(outputs, seed: 10)
      var (c, maxima, places) = (s.c, blank(outputs), [UInt8](repeating: 0, count: outputs))
      ck_max_pool_forward(&c, 2, noise(inputs, seed: 11), &maxima, &places, 1)
      return [
        FinishingKernel(name: "max pool back \(s)", pixels: 2 * 81, channels: channels) {
          [places] epilogue, threads in
          var (c, result) = (s.c, blank(inputs))
          ck_max_pool_backward(&c, 2, gradient, places, nil, 0, epilogue, &result, threads)
          return result
        },
        FinishingKernel(name: "average pool back \(s)", pixels: 2 * 81, channels: channels) {
          epilogue, threads in
          var (c, result) = (s.c, blank(inputs))
          ck_average_pool_backward(&c, 2, gradient, epilogue, &result, threads)
          return result
        },
      ]
    }
  }
}
