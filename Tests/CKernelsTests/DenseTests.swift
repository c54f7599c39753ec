import CKernels
import Testing

extension KernelTests {
  @Suite struct DenseTests {
    static func forward(
      _ batch: Int, _ inputs: Int, _ outputs: Int, _ x: [Float], _ w: [Float], threads: Int32 = 2
    )
      -> [Float]
    {
      var result = blank(batch * outputs)
      var workspace = blank(ck_dense_workspace_size(inputs, outputs, batch))
      ck_dense_forward(batch, inputs, outputs, x, w, nil, &result, &workspace, threads)
      return result
    }

    static func backward(
      _ batch: Int, _ inputs: Int, _ outputs: Int, _ g: [Float], _ w: [Float], threads: Int32 = 2
    )
      -> [Float]
    {
      var result = blank(batch * inputs)
      ck_dense_backward(batch, inputs, outputs, g, w, nil, &result, threads)
      return result
    }

    @Test(arguments: [
      (1, 1, 1), (1, 513, 257), (1, 3000, 10), (9, 256, 100), (4, 700, 33), (3, 64, 5000), (17, 257, 16),
    ])
    func forwardAndBackwardAreTheDefinition(_ batch: Int, _ inputs: Int, _ outputs: Int) {
      let x = noise(batch * inputs, seed: 1), w = noise(inputs * outputs, seed: 2),
        g = noise(batch * outputs, seed: 3)
      var (forward, backward) = (Expected(count: g.count), Expected(count: x.count))
      for n in 0..<batch {
        for (i, o) in pairs(inputs, outputs) {
          let weight = Double(w[i * outputs + o])
          forward.add(Double(x[n * inputs + i]) * weight, at: n * outputs + o)
          backward.add(Double(g[n * outputs + o]) * weight, at: n * inputs + i)
        }
      }
      check(atEachLevel { Self.forward(batch, inputs, outputs, x, w) }, against: forward, "forward")
      check(atEachLevel { Self.backward(batch, inputs, outputs, g, w) }, against: backward, "backward")
      for threads: Int32 in [1, 4] {
        let forward = Self.forward(batch, inputs, outputs, x, w, threads: threads)
        #expect(bits(forward) == bits(Self.forward(batch, inputs, outputs, x, w)))
        let backward = Self.backward(batch, inputs, outputs, g, w, threads: threads)
        #expect(bits(backward) == bits(Self.backward(batch, inputs, outputs, g, w)))
      }
    }

    @Test func batchesGiveWhatSinglesGive() {
      let (batch, inputs, outputs) = (11, 600, 77)
      let x = noise(batch * inputs, seed: 4), w = noise(inputs * outputs, seed: 5),
        g = noise(batch * outputs, seed: 6)
      let there = (0..<batch).flatMap {
        Self.forward(1, inputs, outputs, Array(x[($0 * inputs)..<(($0 + 1) * inputs)]), w)
      }
      #expect(bits(there) == bits(Self.forward(batch, inputs, outputs, x, w)))
      let back = (0..<batch).flatMap {
        Self.backward(1, inputs, outputs, Array(g[($0 * outputs)..<(($0 + 1) * outputs)]), w)
      }
      #expect(bits(back) == bits(Self.backward(batch, inputs, outputs, g, w)))
    }

    @Test func aOneHotGradientReadsOneWeightARow() {
      let (inputs, outputs) = (100, 40)
      let w = noise(inputs * outputs, seed: 7)
      var g = [Float](repeating: 0, count: outputs)
      g[13] = -0.5
      #expect(Self.backward(1, inputs, outputs, g, w) == (0..<inputs).map { w[$0 * outputs + 13] * -0.5 })
      // The weights that are not read may be anything.
      let poisoned = w.enumerated().map { $0.offset % outputs == 13 ? $0.element : .nan }
      #expect(Self.backward(1, inputs, outputs, g, poisoned).allSatisfy { $0.isFinite })
    }

    @Test func zeroInputsAreSkippedAndNaNIsNot() {
      let (inputs, outputs) = (300, 20)
      let w = noise(inputs * outputs, seed: 8)
      var x = [Float](repeating: 0, count: inputs)
      x[299] = 2
      #expect(Self.forward(1, inputs, outputs, x, w) == (0..<outputs).map { 2 * w[299 * outputs + $0] })
      x[5] = .nan
      #expect(Self.forward(1, inputs, outputs, x, w).allSatisfy { $0.isNaN })
    }
  }
}
