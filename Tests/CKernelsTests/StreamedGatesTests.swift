import CKernels
import Testing

extension KernelTests {
  /// Gates of a map that is stored past the caches, which has loops of its own.
  @Suite struct StreamedGatesTests {
    private static let shape = Convolution(height: 322, width: 307, channels: 2, filters: 64, kernel: (3, 3))
      .same
    private static var count: Int { shape.resultCount(CK_FORWARD) }

    /// What `body` writes into memory that begins with a whole line, as it must to be stored so.
    private func streamed(_ body: (UnsafeMutablePointer<Float>?) -> Void) -> [UInt32] {
      let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.count * 4, alignment: 64)
      defer { memory.deallocate() }
      let floats = memory.bindMemory(to: Float.self)
      floats.update(repeating: .nan)
      body(floats.baseAddress)
      return floats.map(\.bitPattern)
    }

    private func check(
      _ what: String, _ run: (UnsafePointer<ck_epilogue>, UnsafeMutablePointer<Float>?) -> Void
    ) {
      let values = noise(Self.count, seed: 41)
      var (masked, gated) = (Epilogue(channels: 64), Epilogue(channels: 64))
      (masked.mask, gated.gates) = (values, Gates(of: values, channels: 64))
      defer { ck_set_level(ck_best_level()) }
      for level in levels {
        ck_set_level(level)
        let byMask = streamed { result in masked.withC { run($0, result) } }
        let byGates = streamed { result in gated.withC { run($0, result) } }
        #expect(byMask == byGates, "\(what) at \(name(level))")
        var alone: [UInt32] = []
        let noted = gated.noting(Gates(pixels: Self.count / 64, channels: 64), limit: 0.5) { epilogue in
          alone = streamed { run(epilogue, $0) }
        }
        #expect(alone == byGates, "\(what) at \(name(level))")
        let wanted = Gates(of: alone.map(Float.init(bitPattern:)), channels: 64, limit: 0.5)
        #expect(noted == wanted, "\(what) at \(name(level))")
      }
    }

    @Test(arguments: [CK_DIRECT, CK_WINOGRAD4])
    func convolutions(_ algorithm: ck_algorithm) {
      var c = Self.shape.c
      let source = noise(Self.shape.sourceCount(CK_FORWARD), seed: 42)
      var packed = blank(ck_conv_packed_size(&c, CK_FORWARD, algorithm))
      ck_conv_pack(&c, CK_FORWARD, algorithm, noise(Self.shape.filterCount, seed: 43), &packed, 2)
      var workspace = blank(ck_conv_workspace_size(&c, CK_FORWARD, algorithm, 1, 2))
      check("\(algorithm)") { epilogue, result in
        ck_conv_run(&c, CK_FORWARD, algorithm, 1, source, 2, packed, epilogue, result, 64, &workspace, 2)
      }
    }

    @Test func poolings() {
      var c = ck_pool(
        in_height: 322, in_width: 307, out_height: 161, out_width: 153, channels: 64, window_height: 2,
        window_width: 2, stride_height: 2, stride_width: 2, pad_top: 0, pad_left: 0)
      var maxima = blank(161 * 153 * 64)
      var places = [UInt8](repeating: 0, count: maxima.count)
      ck_max_pool_forward(&c, 1, noise(Self.count, seed: 44), &maxima, &places, 2)
      check("max pool back") { [places] epilogue, result in
        ck_max_pool_backward(&c, 1, maxima, places, nil, 0, epilogue, result, 2)
      }
    }
  }
}
