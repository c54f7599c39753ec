import CKernels
import Testing

extension KernelTests {
  @Suite struct PoolingTests {
    struct Shape: Sendable {
      var size, channels, window, stride, before, after, batch: Int
      var out: Int { (size + before + after - window) / stride + 1 }
      var c: ck_pool {
        ck_pool(
          in_height: size, in_width: size, out_height: out, out_width: out, channels: channels,
          window_height: window, window_width: window, stride_height: stride, stride_width: stride,
          pad_top: before, pad_left: before)
      }
      /// The pixels of output (oy, ox) inside the image, row by row, as (place in the window, input pixel).
      func window(_ oy: Int, _ ox: Int) -> [(place: Int, pixel: Int)] {
        pairs(window, window).enumerated().compactMap { place, k in
          let (y, x) = (oy * stride + k.0 - before, ox * stride + k.1 - before)
          return y >= 0 && x >= 0 && y < size && x < size ? (place, y * size + x) : nil
        }
      }
      init(_ size: Int, _ channels: Int, _ window: Int, stride: Int, pad: (Int, Int) = (0, 0), batch: Int = 1)
      {
        (self.size, self.channels, self.window, self.stride) = (size, channels, window, stride)
        (before, after, self.batch) = (pad.0, pad.1, batch)
      }
    }

    static let shapes = [
      Shape(1, 1, 1, stride: 1), Shape(8, 64, 2, stride: 2), Shape(57, 17, 3, stride: 2),
      Shape(13, 513, 3, stride: 2, pad: (0, 1), batch: 2), Shape(14, 30, 3, stride: 1, pad: (1, 1)),
      Shape(9, 16, 2, stride: 3, batch: 9), Shape(7, 5, 7, stride: 7),
      Shape(11, 33, 5, stride: 2, pad: (2, 2)),
      Shape(20, 3, 16, stride: 1),
    ]

    @Test(arguments: shapes)
    func poolsAreTheDefinition(_ s: Shape) {
      var c = s.c
      let (pixels, outputs) = (s.size * s.size, s.out * s.out)
      // Few values, so that windows have ties.
      let input = noise(s.batch * pixels * s.channels, seed: 1).map { ($0 * 3).rounded() }
      let gradient = noise(s.batch * outputs * s.channels, seed: 2)
      var (maxima, means) = (Expected(count: gradient.count), Expected(count: gradient.count))
      var (maxBack, meanBack) = (Expected(count: input.count), Expected(count: input.count))
      var places = [UInt8](repeating: 0, count: gradient.count)
      for n in 0..<s.batch {
        for (oy, ox) in pairs(s.out, s.out) {
          let window = s.window(oy, ox)
          for channel in 0..<s.channels {
            let j = ((n * s.out + oy) * s.out + ox) * s.channels + channel
            func at(_ pixel: Int) -> Int { (n * pixels + pixel) * s.channels + channel }
            var best = window[0]
            for tap in window where input[at(tap.pixel)] > input[at(best.pixel)] { best = tap }
            places[j] = UInt8(best.place)
            maxima.values[j] = Double(input[at(best.pixel)])
            maxBack.add(Double(gradient[j]), at: at(best.pixel))
            for tap in window {
              means.add(Double(input[at(tap.pixel)]) / Double(window.count), at: j)
              meanBack.add(Double(gradient[j]) / Double(window.count), at: at(tap.pixel))
            }
          }
        }
      }
      let epilogue = Epilogue(pixels: s.batch * pixels, channels: s.channels, backward: true)
      epilogue.apply(to: &maxBack)
      epilogue.apply(to: &meanBack)
      let found = atEachLevel {
        var (result, argmax) = (blank(gradient.count), [UInt8](repeating: 255, count: gradient.count))
        ck_max_pool_forward(&c, s.batch, input, &result, &argmax, 2)
        #expect(argmax == places)
        ck_max_pool_forward(&c, s.batch, input, &result, nil, 2)
        return result
      }
      check(found, against: maxima, "maxima")
      let back = atEachLevel {
        var result = blank(input.count)
        epilogue.withC { ck_max_pool_backward(&c, s.batch, gradient, places, nil, 0, $0, &result, 2) }
        return result
      }
      check(back, against: maxBack, "gradient of maxima")
      let averages = atEachLevel {
        var result = blank(gradient.count)
        ck_average_pool_forward(&c, s.batch, input, &result, 2)
        return result
      }
      check(averages, against: means, "means")
      let averageBack = atEachLevel {
        var result = blank(input.count)
        epilogue.withC { ck_average_pool_backward(&c, s.batch, gradient, $0, &result, 2) }
        return result
      }
      check(averageBack, against: meanBack, "gradient of means")
    }

    /// A gradient only goes to maxima, so that masking by them is masking by the input, to the bit.
    @Test(arguments: shapes, [Float(0), 0.7])
    func maximaMaskAsTheInputDoes(_ s: Shape, _ limit: Float) {
      var c = s.c
      let (inputs, outputs) = (s.batch * s.size * s.size * s.channels, s.batch * s.out * s.out * s.channels)
      let input = noise(inputs, seed: 5), gradient = noise(outputs, seed: 6)
      _ = atEachLevel {
        var (maxima, argmax) = (blank(outputs), [UInt8](repeating: 0, count: outputs))
        ck_max_pool_forward(&c, s.batch, input, &maxima, &argmax, 2)
        var (byInput, byMaxima, unmasked) = (blank(inputs), blank(inputs), blank(inputs))
        input.withUnsafeBufferPointer { mask in
          var epilogue = ck_epilogue()
          (epilogue.mask, epilogue.mask_pitch, epilogue.mask_limit) = (mask.baseAddress, s.channels, limit)
          ck_max_pool_backward(&c, s.batch, gradient, argmax, nil, 0, &epilogue, &byInput, 2)
        }
        ck_max_pool_backward(&c, s.batch, gradient, argmax, maxima, limit, nil, &byMaxima, 2)
        ck_max_pool_backward(&c, s.batch, gradient, argmax, nil, 0, nil, &unmasked, 2)
        #expect(byInput.map(\.bitPattern) == byMaxima.map(\.bitPattern))
        let masks = maxima.contains { !($0 > 0 && (limit == 0 || $0 < limit)) }
        #expect((unmasked != byMaxima) == masks)
        return byMaxima
      }
    }

    @Test(arguments: [(1, 1, 1), (2, 49, 513), (3, 700, 20), (1, 169, 1000), (2, 3000, 17)])
    func globalAverages(_ batch: Int, _ pixels: Int, _ channels: Int) {
      let input = noise(batch * pixels * channels, seed: 3), gradient = noise(batch * channels, seed: 4)
      var (means, spread) = (Expected(count: batch * channels), Expected(count: input.count))
      for i in input.indices {
        let j = i / (pixels * channels) * channels + i % channels
        means.add(Double(input[i]) / Double(pixels), at: j)
        spread.add(Double(gradient[j]) / Double(pixels), at: i)
      }
      let found = atEachLevel {
        var result = blank(batch * channels)
        ck_global_average_forward(batch, pixels, channels, input, &result, 2)
        return result
      }
      check(found, against: means, "global means")
      let back = atEachLevel {
        var result = blank(input.count)
        ck_global_average_backward(batch, pixels, channels, gradient, nil, &result, 2)
        return result
      }
      check(back, against: spread, "gradient of global means")
    }
  }
}
