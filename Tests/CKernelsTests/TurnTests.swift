import CKernels
import Testing

extension KernelTests {
  /// Weights of the way back from those of the way forward, and filters from packed weights.
  @Suite struct TurnTests {
    /// As the other convolutions, and weights that are turned in more than one part or past three passes.
    static let shapes =
      ConvolutionTests.shapes + [
        .init(height: 3, width: 3, channels: 1040, filters: 1037, kernel: (1, 1), batch: 2),
        .init(height: 6, width: 5, channels: 600, filters: 530, kernel: (1, 1), stride: (2, 2)),
        .init(height: 9, width: 8, channels: 370, filters: 361, kernel: (3, 3), batch: 3).same,
      ]

    @Test(arguments: shapes)
    func `weights turned as they are read give the bits of weights packed for the way back`(
      _ shape: Convolution
    ) {
      let source = noise(shape.sourceCount(CK_BACKWARD_DATA), seed: 21)
      let filter = noise(shape.filterCount, seed: 22)
      let pixels = shape.resultCount(CK_BACKWARD_DATA) / shape.channels
      let epilogue = Epilogue(pixels: pixels, channels: shape.channels, backward: true)
      for (own, turned) in [(CK_DIRECT, CK_DIRECT_TURNED), (CK_WINOGRAD2, CK_WINOGRAD2_TURNED)]
      where shape.algorithms(CK_BACKWARD_DATA).contains(turned) {
        let wanted = atEachLevel {
          shape.run(CK_BACKWARD_DATA, own, source[...], filter, epilogue: epilogue)
        }
        for threads: Int32 in [1, 2] {
          let found = atEachLevel {
            shape.run(CK_BACKWARD_DATA, turned, source[...], filter, epilogue: epilogue, threads: threads)
          }
          #expect(found.map(bits) == wanted.map(bits), "\(shape) by \(turned) on \(threads) threads")
        }
      }
    }

    @Test(arguments: shapes)
    func `weights turned beforehand are weights packed for the way back`(_ shape: Convolution) {
      // Zeros of either sign among them: a transform negates some numbers, and no sum shows the sign of a zero.
      var filter = noise(shape.filterCount, seed: 23)
      for i in stride(from: 0, to: filter.count, by: 5) { filter[i] = i % 2 == 0 ? 0 : -0.0 }
      var c = shape.c
      for (algorithm, turned) in [(CK_DIRECT, CK_DIRECT_TURNED), (CK_WINOGRAD2, CK_WINOGRAD2_TURNED)]
      where shape.algorithms(CK_BACKWARD_DATA).contains(turned) {
        let wanted = shape.packed(filter, CK_BACKWARD_DATA, algorithm)
        let forward = shape.packed(filter, CK_FORWARD, algorithm)
        #expect(bits(forward) == bits(shape.packed(filter, CK_BACKWARD_DATA, turned)))
        for found in atEachLevel({
          var found = blank(wanted.count)
          ck_conv_turn(&c, algorithm, forward, &found, 2)
          return found
        }) {
          #expect(found == wanted, "\(shape) by \(algorithm)")
        }
      }
    }

    @Test(arguments: shapes)
    func `a filter is had back from its packed weights`(_ shape: Convolution) {
      let filter = noise(shape.filterCount, seed: 24)
      var c = shape.c
      var found = blank(filter.count)
      ck_conv_unpack(&c, shape.packed(filter, CK_FORWARD, CK_DIRECT), &found, 2)
      #expect(bits(found) == bits(filter))
    }

    @Test func `only what is packed alike in both directions is turned`() {
      var c = Convolution(height: 8, width: 8, channels: 32, filters: 48, kernel: (3, 3), groups: 4).same.c
      #expect(ck_conv_supports(&c, CK_BACKWARD_DATA, CK_DIRECT_TURNED) == 0)
      c = Convolution(height: 8, width: 8, channels: 32, filters: 48, kernel: (3, 3)).same.c
      #expect(ck_conv_supports(&c, CK_BACKWARD_DATA, CK_DIRECT_TURNED) == 1)
      #expect(ck_conv_supports(&c, CK_BACKWARD_DATA, CK_WINOGRAD2_TURNED) == 1)
      #expect(ck_conv_supports(&c, CK_FORWARD, CK_DIRECT_TURNED) == 0)
      #expect(ck_conv_supports(&c, CK_FORWARD, CK_WINOGRAD2_TURNED) == 0)
    }
  }
}
