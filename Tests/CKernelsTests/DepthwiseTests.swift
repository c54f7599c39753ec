import CKernels
import Testing

extension KernelTests {
  @Suite struct DepthwiseTests {
    /// Size, channels, multiplier, kernel, stride, dilation, padding before and after, batch.
    struct Shape: Sendable {
      var size, channels, multiplier, kernel, stride, dilation, before, after, batch: Int
      var out: Int { (size + before + after - (kernel - 1) * dilation - 1) / stride + 1 }
      var c: ck_depthwise {
        ck_depthwise(
          in_height: size, in_width: size, channels: channels, multiplier: multiplier, out_height: out,
          out_width: out, kernel_height: kernel, kernel_width: kernel, stride_height: stride,
          stride_width: stride, dilation_height: dilation, dilation_width: dilation, pad_top: before,
          pad_left: before)
      }
      init(
        _ size: Int, _ channels: Int, x multiplier: Int = 1, _ kernel: Int, stride: Int = 1,
        dilation: Int = 1,
        pad: (Int, Int) = (0, 0), batch: Int = 1
      ) {
        (self.size, self.channels, self.multiplier, self.kernel) = (size, channels, multiplier, kernel)
        (self.stride, self.dilation, before, after, self.batch) = (stride, dilation, pad.0, pad.1, batch)
      }
    }

    static let shapes: [Shape] = [
      Shape(1, 1, 1), Shape(14, 32, 3, pad: (1, 1)), Shape(15, 513, 3, pad: (1, 1)),
      Shape(9, 17, 3, batch: 9),
      Shape(16, 48, 3, stride: 2, pad: (0, 1)), Shape(57, 20, 5, stride: 2, pad: (1, 2)),
      Shape(13, 33, 7, pad: (3, 3)), Shape(12, 16, 3, dilation: 2, pad: (2, 2)),
      Shape(11, 6, x: 3, 3, pad: (1, 1)),
      Shape(10, 19, x: 2, 4, stride: 3, pad: (1, 2), batch: 2), Shape(12, 5, 2, stride: 3, dilation: 2),
    ]

    @Test(arguments: shapes)
    func forwardAndBackwardAreTheDefinition(_ shape: Shape) {
      var c = shape.c
      let (s, out) = (shape, shape.out)
      let outputs = s.channels * s.multiplier
      let filter = noise(s.kernel * s.kernel * outputs, seed: 1)
      let input = noise(s.batch * s.size * s.size * s.channels, seed: 2)
      let gradient = noise(s.batch * out * out * outputs, seed: 3)
      var (forward, backward) = (Expected(count: gradient.count), Expected(count: input.count))
      for n in 0..<s.batch {
        for (oy, ox) in pairs(out, out) {
          for (ky, kx) in pairs(s.kernel, s.kernel) {
            let (y, x) = (
              oy * s.stride + ky * s.dilation - s.before, ox * s.stride + kx * s.dilation - s.before
            )
            guard y >= 0, x >= 0, y < s.size, x < s.size else { continue }
            for o in 0..<outputs {
              let i = ((n * s.size + y) * s.size + x) * s.channels + o / s.multiplier
              let j = ((n * out + oy) * out + ox) * outputs + o
              let weight = Double(filter[(ky * s.kernel + kx) * outputs + o])
              forward.add(Double(input[i]) * weight, at: j)
              backward.add(Double(gradient[j]) * weight, at: i)
            }
          }
        }
      }
      let there = Epilogue(pixels: s.batch * out * out, channels: outputs, backward: false)
      let back = Epilogue(pixels: s.batch * s.size * s.size, channels: s.channels, backward: true)
      there.apply(to: &forward)
      back.apply(to: &backward)
      for threads: Int32 in [1, 4] {
        let results = atEachLevel {
          var result = blank(gradient.count)
          there.withC { ck_depthwise_forward(&c, s.batch, input, filter, $0, &result, threads) }
          return result
        }
        check(results, against: forward, "\(shape) forward")
        let gradients = atEachLevel {
          var result = blank(input.count)
          back.withC { ck_depthwise_backward(&c, s.batch, gradient, filter, $0, &result, threads) }
          return result
        }
        check(gradients, against: backward, "\(shape) backward")
      }
    }
  }
}

/// Every (i, j), row by row.
func pairs(_ rows: Int, _ columns: Int) -> [(Int, Int)] {
  (0..<rows).flatMap { i in (0..<columns).map { (i, $0) } }
}
