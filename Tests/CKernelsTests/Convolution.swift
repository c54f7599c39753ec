import CKernels

/// A convolution to test: a square or oblong input, kernel, and the rest.
struct Convolution: Sendable, CustomStringConvertible {
  var height: Int
  var width: Int
  var channels: Int
  var filters: Int
  var kernel: (Int, Int)
  var stride: (Int, Int) = (1, 1)
  var dilation: (Int, Int) = (1, 1)
  /// Top, bottom, left, right.
  var padding: (Int, Int, Int, Int) = (0, 0, 0, 0)
  var groups = 1
  var batch = 1

  /// TensorFlow's "same", whose odd pixel goes to the bottom and right.
  var same: Convolution {
    func pads(_ size: Int, _ kernel: Int, _ stride: Int, _ dilation: Int) -> (Int, Int) {
      let out = (size + stride - 1) / stride
      let total = max(0, (out - 1) * stride + (kernel - 1) * dilation + 1 - size)
      return (total / 2, total - total / 2)
    }
    var copy = self
    (copy.padding.0, copy.padding.1) = pads(height, kernel.0, stride.0, dilation.0)
    (copy.padding.2, copy.padding.3) = pads(width, kernel.1, stride.1, dilation.1)
    return copy
  }

  var c: ck_conv {
    func out(_ size: Int, _ kernel: Int, _ stride: Int, _ dilation: Int) -> Int {
      (size - (kernel - 1) * dilation - 1) / stride + 1
    }
    return ck_conv(
      in_height: height, in_width: width, in_channels: channels,
      out_height: out(height + padding.0 + padding.1, kernel.0, stride.0, dilation.0),
      out_width: out(width + padding.2 + padding.3, kernel.1, stride.1, dilation.1), out_channels: filters,
      kernel_height: kernel.0, kernel_width: kernel.1, stride_height: stride.0, stride_width: stride.1,
      dilation_height: dilation.0, dilation_width: dilation.1, pad_top: padding.0, pad_left: padding.2,
      groups: groups)
  }

  var description: String {
    "\(height)x\(width)x\(channels)>\(filters) \(kernel) stride \(stride) dilation \(dilation) pad \(padding) "
      + "groups \(groups) batch \(batch)"
  }

  func sourceCount(_ direction: ck_direction, batch: Int? = nil) -> Int {
    let c = c
    let pixels = direction == CK_FORWARD ? c.in_height * c.in_width : c.out_height * c.out_width
    return (batch ?? self.batch) * pixels * (direction == CK_FORWARD ? channels : filters)
  }

  func resultChannels(_ direction: ck_direction) -> Int { direction == CK_FORWARD ? filters : channels }

  func resultCount(_ direction: ck_direction, batch: Int? = nil) -> Int {
    sourceCount(direction == CK_FORWARD ? CK_BACKWARD_DATA : CK_FORWARD, batch: batch)
  }

  var filterCount: Int { kernel.0 * kernel.1 * channels / groups * filters }

  /// The definition: every product of an input, a weight and the output they meet in.
  func reference(_ direction: ck_direction, _ source: [Float], _ filter: [Float]) -> Expected {
    let c = c
    var expected = Expected(count: resultCount(direction))
    let (perGroup, filtersPerGroup) = (channels / groups, filters / groups)
    for n in 0..<batch {
      for oy in 0..<c.out_height {
        for ox in 0..<c.out_width {
          let output = ((n * c.out_height + oy) * c.out_width + ox) * filters
          for ky in 0..<kernel.0 {
            let y = oy * stride.0 + ky * dilation.0 - padding.0
            guard y >= 0, y < height else { continue }
            for kx in 0..<kernel.1 {
              let x = ox * stride.1 + kx * dilation.1 - padding.2
              guard x >= 0, x < width else { continue }
              let input = ((n * height + y) * width + x) * channels
              for i in 0..<channels {
                let group = i / perGroup
                let weights = ((ky * kernel.1 + kx) * perGroup + i % perGroup) * filters
                for o in (group * filtersPerGroup)..<((group + 1) * filtersPerGroup) {
                  let weight = Double(filter[weights + o])
                  if direction == CK_FORWARD {
                    expected.add(Double(source[input + i]) * weight, at: output + o)
                  } else {
                    expected.add(Double(source[output + o]) * weight, at: input + i)
                  }
                }
              }
            }
          }
        }
      }
    }
    return expected
  }

  /// The kernel's result for samples [0, batch) of `source`, or of a part of it.
  func run(
    _ direction: ck_direction, _ algorithm: ck_algorithm, _ source: ArraySlice<Float>, _ filter: [Float],
    epilogue: Epilogue? = nil, threads: Int32 = 2, batch: Int? = nil
  ) -> [Float] {
    var result: [Float] = []
    (epilogue ?? Epilogue(channels: resultChannels(direction))).withC {
      result = run(direction, algorithm, source, filter, finishing: $0, threads: threads, batch: batch)
    }
    return result
  }

  /// The same with the C form of an epilogue.
  func run(
    _ direction: ck_direction, _ algorithm: ck_algorithm, _ source: ArraySlice<Float>, _ filter: [Float],
    finishing epilogue: UnsafePointer<ck_epilogue>?, threads: Int32, batch: Int? = nil
  ) -> [Float] {
    var c = c
    let batch = batch ?? self.batch
    var packed = blank(ck_conv_packed_size(&c, direction, algorithm))
    ck_conv_pack(&c, direction, algorithm, filter, &packed, threads)
    var workspace = blank(ck_conv_workspace_size(&c, direction, algorithm, batch, threads))
    var result = blank(resultCount(direction, batch: batch))
    source.withUnsafeBufferPointer { source in
      ck_conv_run(
        &c, direction, algorithm, batch, source.baseAddress, direction == CK_FORWARD ? channels : filters,
        packed,
        epilogue, &result, resultChannels(direction), &workspace, threads)
    }
    return result
  }

  /// The filter as an algorithm reads it.
  func packed(_ filter: [Float], _ direction: ck_direction, _ algorithm: ck_algorithm) -> [Float] {
    var c = c
    var packed = blank(ck_conv_packed_size(&c, direction, algorithm))
    ck_conv_pack(&c, direction, algorithm, filter, &packed, 2)
    return packed
  }

  /// The algorithms that can compute this shape in a direction.
  func algorithms(_ direction: ck_direction) -> [ck_algorithm] {
    var c = c
    return [
      CK_DIRECT, CK_WINOGRAD2, CK_WINOGRAD4, CK_SCATTER, CK_DIRECT_TURNED, CK_WINOGRAD2_TURNED,
    ].filter {
      ck_conv_supports(&c, direction, $0) != 0
    }
  }
}
