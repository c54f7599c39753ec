import CKernels
import Testing

extension KernelTests {
  /// Gates as kernels read them, against the mask that they stand for, and as kernels write them, against the values.
  @Suite struct GatesTests {
    static let channels = [1, 3, 16, 17, 40, 64]

    /// What stands beside gates: bias, batch norm, sum, clamp, and factor, in all combinations.
    static func epilogues(_ kernel: FinishingKernel) -> [Epilogue] {
      (0..<32).map { parts in
        var epilogue = Epilogue(channels: kernel.channels)
        if parts & 1 != 0 { epilogue.add = withOddNumbers(noise(kernel.pixels * kernel.channels, seed: 21)) }
        if parts & 2 != 0 { epilogue.clamp = parts & 1 != 0 ? 0...(.infinity) : 0...0.75 }
        if parts & 4 != 0 { epilogue.postScale = noise(kernel.channels, seed: 22) }
        if parts & 8 != 0 {
          epilogue.scale = noise(kernel.channels, seed: 23)
          epilogue.shift = noise(kernel.channels, seed: 24)
        }
        if parts & 16 != 0 { epilogue.bias = noise(kernel.channels, seed: 25) }
        return epilogue
      }
    }

    /// A few of the numbers that are neither above 0 nor below it.
    static func withOddNumbers(_ values: [Float]) -> [Float] {
      var values = values
      for (i, value) in [(2, Float.nan), (5, .infinity), (7, -.infinity), (11, -0.0)] {
        for place in stride(from: i, to: values.count, by: 29) { values[place] = value }
      }
      return values
    }

    static func result(_ kernel: FinishingKernel, _ epilogue: Epilogue, threads: Int32) -> [Float] {
      var result: [Float] = []
      epilogue.withC { result = kernel.run($0, threads) }
      return result
    }

    // MARK: Read

    @Test(arguments: channels)
    func gatesAreTheMask(_ channels: Int) {
      defer { ck_set_level(ck_best_level()) }
      for kernel in FinishingKernel.all(channels: channels) {
        let values = Self.withOddNumbers(noise(kernel.pixels * channels, seed: 20))
        for (number, epilogue) in Self.epilogues(kernel).enumerated() {
          for (limit, level) in [0, Float(0.5)].flatMap({ limit in levels.map { (limit, $0) } }) {
            var (masked, gated) = (epilogue, epilogue)
            (masked.mask, masked.maskLimit) = (values, limit)
            gated.gates = Gates(of: values, channels: channels, limit: limit)
            ck_set_level(level)
            let byMask = Self.result(kernel, masked, threads: Int32(1 + number % 2))
            let byGates = Self.result(kernel, gated, threads: Int32(1 + (number + (limit == 0 ? 0 : 1)) % 2))
            #expect(bits(byMask) == bits(byGates), "\(kernel.name) at \(name(level)), epilogue \(number)")
          }
        }
      }
    }

    /// Bits above the last channel are nobody's: whatever they are, nothing changes.
    @Test(arguments: [1, 3, 17, 40])
    func bitsAboveTheLastChannelAreNotRead(_ channels: Int) {
      for kernel in FinishingKernel.all(channels: channels) {
        let values = noise(kernel.pixels * channels, seed: 20)
        var gated = Epilogue(channels: channels)
        gated.gates = Gates(of: values, channels: channels)
        let clean = Self.result(kernel, gated, threads: 2)
        let above = UInt16(truncatingIfNeeded: 0xFFFF << (channels % 16))
        for word in stride(
          from: channels / 16, to: kernel.pixels * (channels / 16 + 1), by: channels / 16 + 1)
        {
          gated.gates?.words[word] |= above
        }
        #expect(bits(clean) == bits(Self.result(kernel, gated, threads: 2)), "\(kernel.name)")
      }
    }

    /// The checks above can fail: every kernel reads each bit, and a wrong one shows in its own element alone.
    @Test(arguments: channels)
    func aFlippedBitShows(_ channels: Int) {
      for kernel in FinishingKernel.all(channels: channels) {
        var epilogue = Epilogue(channels: channels)
        // No result is 0, so that a closed gate is seen everywhere.
        epilogue.add = Array(repeating: 100, count: kernel.pixels * channels)
        let values = noise(kernel.pixels * channels, seed: 20)
        epilogue.gates = Gates(of: values, channels: channels)
        let right = Self.result(kernel, epilogue, threads: 2)
        for place in stride(from: 0, to: values.count, by: max(1, values.count / 23)) {
          var wrong = epilogue
          wrong.gates?.flip(place / channels, place % channels)
          let result = Self.result(kernel, wrong, threads: 2)
          #expect(result.indices.filter { result[$0] != right[$0] } == [place], "\(kernel.name)")
        }
      }
    }

    // MARK: Written

    @Test(arguments: channels)
    func gatesAreNotedOfWhatIsStored(_ channels: Int) {
      defer { ck_set_level(ck_best_level()) }
      for kernel in FinishingKernel.all(channels: channels) {
        let room = Gates(pixels: kernel.pixels, channels: channels)
        for (number, epilogue) in Self.epilogues(kernel).enumerated() {
          for (limit, level) in [0, Float(0.5)].flatMap({ limit in levels.map { (limit, $0) } }) {
            ck_set_level(level)
            var values: [Float] = []
            let noted = epilogue.noting(room, limit: limit) { values = kernel.run($0, Int32(1 + number % 2)) }
            #expect(
              noted == Gates(of: values, channels: channels, limit: limit),
              "\(kernel.name) at \(name(level)), epilogue \(number)")
            let plain = Self.result(kernel, epilogue, threads: Int32(2 - number % 2))
            #expect(bits(values) == bits(plain), "\(kernel.name) at \(name(level)), epilogue \(number)")
          }
        }
      }
    }

    /// What is read and what is noted do not disturb each other.
    @Test(arguments: channels)
    func gatesAreReadAndNotedAtOnce(_ channels: Int) {
      defer { ck_set_level(ck_best_level()) }
      for kernel in FinishingKernel.all(channels: channels) {
        var epilogue = Epilogue(channels: channels)
        epilogue.gates = Gates(of: noise(kernel.pixels * channels, seed: 26), channels: channels)
        for level in levels {
          ck_set_level(level)
          var values: [Float] = []
          let noted = epilogue.noting(Gates(pixels: kernel.pixels, channels: channels)) {
            values = kernel.run($0, 2)
          }
          #expect(noted == Gates(of: values, channels: channels), "\(kernel.name)")
          #expect(bits(values) == bits(Self.result(kernel, epilogue, threads: 2)), "\(kernel.name)")
        }
      }
    }

    /// A part of a concatenation writes the words of its own channels and leaves its neighbours'.
    @Test(arguments: channels)
    func gatesGoIntoTheirPlaceInAConcatenation(_ channels: Int) {
      let own = (channels + 15) / 16
      defer { ck_set_level(ck_best_level()) }
      for kernel in FinishingKernel.all(channels: channels) {
        let epilogue = Self.epilogues(kernel)[3]
        for level in levels {
          ck_set_level(level)
          var values: [Float] = []
          let noted = epilogue.noting(Gates(pixels: kernel.pixels, channels: channels, extra: 3), from: 2) {
            values = kernel.run($0, 2)
          }
          #expect(noted.words(2..<(2 + own)) == Gates(of: values, channels: channels).words, "\(kernel.name)")
          let others = noted.words(0..<2) + noted.words((2 + own)..<(3 + own))
          #expect(others.allSatisfy { $0 == 0xFFFF }, "\(kernel.name)")
        }
      }
    }

    /// Groups of channels that would share a word are refused, in the direction in which they would.
    @Test func groupsThatWouldShareAWordTakeNoGates() {
      let wide = Convolution(height: 3, width: 3, channels: 64, filters: 48, kernel: (1, 1))
      for (groups, filters, channels) in [(1, 1, 1), (2, 0, 1), (4, 0, 1), (8, 0, 0), (16, 0, 0)] {
        var c = wide.c
        c.groups = groups
        #expect(ck_conv_takes_gates(&c, CK_FORWARD) == Int32(filters), "\(groups) groups forward")
        #expect(ck_conv_takes_gates(&c, CK_BACKWARD_DATA) == Int32(channels), "\(groups) groups backward")
      }
    }
  }
}
