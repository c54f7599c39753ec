import CKernels
import Testing

extension KernelTests {
  @Suite struct ConvolutionTests {
    /// Odd shapes: kernels 1x1 to 7x7, strides, dilation, groups, 1 to 513 channels, sizes 1 to 57, batches to 9.
    static let shapes: [Convolution] = [
      .init(height: 1, width: 1, channels: 1, filters: 1, kernel: (1, 1)),
      .init(height: 1, width: 1, channels: 513, filters: 257, kernel: (1, 1), batch: 9),
      .init(height: 7, width: 7, channels: 256, filters: 513, kernel: (1, 1)),
      .init(height: 57, width: 57, channels: 16, filters: 33, kernel: (1, 1)),
      .init(height: 15, width: 17, channels: 31, filters: 47, kernel: (1, 1), stride: (2, 2)),
      .init(height: 9, width: 9, channels: 48, filters: 17, kernel: (1, 1), stride: (3, 2), batch: 2),
      .init(height: 1, width: 1, channels: 5, filters: 7, kernel: (3, 3)).same,
      .init(height: 2, width: 3, channels: 3, filters: 4, kernel: (3, 3), batch: 9).same,
      .init(height: 14, width: 14, channels: 64, filters: 96, kernel: (3, 3), batch: 2).same,
      .init(height: 13, width: 11, channels: 17, filters: 33, kernel: (3, 3)),
      .init(height: 7, width: 7, channels: 513, filters: 257, kernel: (3, 3)).same,
      .init(height: 57, width: 57, channels: 3, filters: 20, kernel: (3, 3)).same,
      .init(height: 30, width: 29, channels: 8, filters: 16, kernel: (3, 3), padding: (2, 2, 2, 2)),
      .init(height: 16, width: 16, channels: 24, filters: 40, kernel: (3, 3), stride: (2, 2), batch: 3).same,
      .init(height: 17, width: 16, channels: 128, filters: 65, kernel: (3, 3), stride: (2, 2)).same,
      .init(
        height: 14, width: 15, channels: 9, filters: 10, kernel: (3, 3), stride: (2, 3), padding: (0, 1, 1, 0)
      ),
      .init(height: 12, width: 12, channels: 20, filters: 19, kernel: (3, 3), dilation: (2, 2)).same,
      .init(height: 19, width: 15, channels: 5, filters: 6, kernel: (3, 3), stride: (2, 2), dilation: (2, 3))
        .same,
      .init(height: 20, width: 20, channels: 6, filters: 9, kernel: (3, 3), stride: (3, 3), dilation: (2, 2)),
      .init(height: 8, width: 8, channels: 32, filters: 48, kernel: (3, 3), groups: 4).same,
      .init(
        height: 9, width: 10, channels: 21, filters: 63, kernel: (3, 2), stride: (2, 1), groups: 3, batch: 2
      ).same,
      .init(height: 8, width: 8, channels: 40, filters: 24, kernel: (2, 2)).same,
      .init(height: 21, width: 20, channels: 12, filters: 18, kernel: (4, 4), stride: (2, 2)).same,
      .init(height: 23, width: 11, channels: 10, filters: 30, kernel: (5, 5), batch: 2).same,
      .init(height: 18, width: 18, channels: 65, filters: 3, kernel: (5, 3), stride: (1, 2)).same,
      .init(height: 14, width: 14, channels: 16, filters: 24, kernel: (1, 7)).same,
      .init(height: 14, width: 14, channels: 16, filters: 24, kernel: (7, 1)).same,
      .init(height: 12, width: 13, channels: 7, filters: 8, kernel: (6, 6), stride: (1, 3)).same,
      .init(height: 57, width: 57, channels: 3, filters: 64, kernel: (7, 7), stride: (2, 2), batch: 2).same,
      .init(height: 33, width: 29, channels: 4, filters: 18, kernel: (7, 7), dilation: (1, 2)).same,
      .init(height: 12, width: 12, channels: 3, filters: 16, kernel: (4, 4), stride: (4, 4), batch: 5),
      .init(height: 5, width: 5, channels: 2, filters: 3, kernel: (2, 2), stride: (4, 4)),
      .init(height: 7, width: 7, channels: 512, filters: 33, kernel: (7, 7)),
    ]

    @Test(arguments: shapes, [CK_FORWARD, CK_BACKWARD_DATA])
    func everyAlgorithmIsTheDefinition(_ shape: Convolution, _ direction: ck_direction) {
      let source = noise(shape.sourceCount(direction), seed: 1)
      let filter = noise(shape.filterCount, seed: 2)
      let channels = shape.resultChannels(direction)
      let epilogue = Epilogue(
        pixels: shape.resultCount(direction) / channels, channels: channels, backward: direction != CK_FORWARD
      )
      var expected = shape.reference(direction, source, filter)
      epilogue.apply(to: &expected)
      for algorithm in shape.algorithms(direction) {
        let results = atEachLevel { shape.run(direction, algorithm, source[...], filter, epilogue: epilogue) }
        check(results, against: expected, "\(shape) by \(algorithm)")
      }
    }

    @Test(arguments: shapes, [CK_FORWARD, CK_BACKWARD_DATA])
    func threadsAndBatchCutsChangeNothing(_ shape: Convolution, _ direction: ck_direction) {
      let samples = 5
      let source = noise(shape.sourceCount(direction, batch: samples), seed: 3)
      let filter = noise(shape.filterCount, seed: 4)
      for algorithm in shape.algorithms(direction) {
        let whole = shape.run(direction, algorithm, source[...], filter, threads: 1, batch: samples)
        for threads: Int32 in [2, 4] {
          let again = shape.run(direction, algorithm, source[...], filter, threads: threads, batch: samples)
          #expect(bits(again) == bits(whole), "\(shape) by \(algorithm) on \(threads) threads")
        }
        var cut: [Float] = []
        let step = source.count / samples
        for (first, count) in [(0, 1), (1, 3), (4, 1)] {
          let part = source[(first * step)..<((first + count) * step)]
          cut += shape.run(direction, algorithm, part, filter, batch: count)
        }
        #expect(bits(cut) == bits(whole), "\(shape) by \(algorithm) in three parts")
      }
    }

    @Test func aResultGoesIntoItsPlaceInAConcatenation() {
      let shape = Convolution(height: 6, width: 6, channels: 5, filters: 20, kernel: (3, 3)).same
      let wide = noise(36 * 9, seed: 5), filter = noise(shape.filterCount, seed: 6)
      let narrow = (0..<36).flatMap { wide[($0 * 9 + 2)..<($0 * 9 + 7)] }
      for algorithm in [CK_DIRECT, CK_WINOGRAD2, CK_WINOGRAD4] {
        var c = shape.c
        var packed = blank(ck_conv_packed_size(&c, CK_FORWARD, algorithm))
        ck_conv_pack(&c, CK_FORWARD, algorithm, filter, &packed, 1)
        var workspace = blank(ck_conv_workspace_size(&c, CK_FORWARD, algorithm, 1, 1))
        var result = [Float](repeating: 7, count: 36 * 31)
        wide.withUnsafeBufferPointer { wide in
          result.withUnsafeMutableBufferPointer { result in
            guard let wide = wide.baseAddress, let result = result.baseAddress else { return }
            ck_conv_run(
              &c, CK_FORWARD, algorithm, 1, wide + 2, 9, packed, nil, result + 4, 31, &workspace, 1)
          }
        }
        let plain = shape.run(CK_FORWARD, algorithm, narrow[...], filter)
        for pixel in 0..<36 {
          let row = result[(pixel * 31)..<((pixel + 1) * 31)]
          #expect(row.prefix(4) == [7, 7, 7, 7] && row.suffix(7).allSatisfy { $0 == 7 })
          #expect(
            bits(Array(row.dropFirst(4).prefix(20))) == bits(Array(plain[(pixel * 20)..<(pixel * 20 + 20)])))
        }
      }
    }

    @Test(arguments: [CK_FORWARD, CK_BACKWARD_DATA])
    func rowsOfFewNumbersAreComputedFromThoseAlone(_ direction: ck_direction) {
      // Beside rows that are full all take the usual way; so the same rows by themselves must give the same bits.
      let shape = Convolution(height: 14, width: 13, channels: 700, filters: 531, kernel: (1, 1), batch: 2)
      let depth = direction == CK_FORWARD ? 700 : 531
      let full = noise(shape.sourceCount(direction), seed: 9), filter = noise(shape.filterCount, seed: 10)
      var few = [Float](repeating: 0, count: full.count)
      for row in 0..<(few.count / depth) {
        for k in 0..<(row % 5) {
          let place = row * depth + (row * 37 + k * 211) % depth
          few[place] = full[place]
        }
      }
      var mixed = few
      for row in stride(from: 0, to: few.count / depth, by: 5) {
        mixed.replaceSubrange(
          (row * depth)..<((row + 1) * depth), with: full[(row * depth)..<((row + 1) * depth)])
      }
      let alone = atEachLevel { shape.run(direction, CK_DIRECT, few[...], filter) }
      check(alone, against: shape.reference(direction, few, filter), "rows of few numbers")
      let together = atEachLevel { shape.run(direction, CK_DIRECT, mixed[...], filter) }
      let width = shape.resultChannels(direction)
      for (alone, together) in zip(alone, together) {
        for row in 0..<(few.count / depth) where row % 5 > 0 {
          let place = (row * width)..<((row + 1) * width)
          #expect(bits(Array(alone[place])) == bits(Array(together[place])), "row \(row)")
        }
      }
    }

    /// A map too large for any cache is stored past them; its samples one by one are not.
    @Test(arguments: [CK_DIRECT, CK_WINOGRAD2, CK_WINOGRAD4])
    func aMapThatLeavesTheCachesIsTheSame(_ algorithm: ck_algorithm) {
      let shape = Convolution(height: 225, width: 223, channels: 5, filters: 32, kernel: (3, 3)).same
      let (samples, count) = (4, shape.resultCount(CK_FORWARD))
      let source = noise(shape.sourceCount(CK_FORWARD, batch: samples), seed: 11)
      let filter = noise(shape.filterCount, seed: 12)
      var c = shape.c
      var packed = blank(ck_conv_packed_size(&c, CK_FORWARD, algorithm))
      ck_conv_pack(&c, CK_FORWARD, algorithm, filter, &packed, 1)
      var workspace = blank(ck_conv_workspace_size(&c, CK_FORWARD, algorithm, samples, 2))
      // Whole lines are stored, so the memory has to begin with one.
      let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: samples * count * 4, alignment: 64)
      defer { memory.deallocate() }
      let together = memory.bindMemory(to: Float.self)
      together.update(repeating: .nan)
      ck_conv_run(
        &c, CK_FORWARD, algorithm, samples, source, 5, packed, nil, together.baseAddress, 32, &workspace, 2)
      for n in 0..<samples {
        let step = source.count / samples
        let alone = shape.run(CK_FORWARD, algorithm, source[(n * step)..<((n + 1) * step)], filter)
        #expect(bits(alone) == bits(Array(together[(n * count)..<((n + 1) * count)])))
      }
    }

    @Test func aMatrixProductIsAPointwiseConvolution() {
      let shape = Convolution(height: 1, width: 37, channels: 300, filters: 70, kernel: (1, 1))
      let a = noise(37 * 300, seed: 7), b = noise(300 * 70, seed: 8)
      var packed = blank(ck_gemm_packed_size(300, 70))
      ck_gemm_pack(300, 70, b, 70, 1, &packed)
      var result = blank(37 * 70)
      ck_gemm_run(37, 300, 70, a, 300, packed, nil, &result, 70, 2)
      #expect(bits(result) == bits(shape.run(CK_FORWARD, CK_DIRECT, a[...], b)))
    }
  }
}
