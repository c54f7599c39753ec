import CKernels
import Foundation
import Testing

extension KernelTests {
  @Suite struct ElementwiseTests {
    @Test(arguments: [1, 15, 16, 17, 513, 40_000])
    func simpleLoops(_ n: Int) {
      let a = noise(n, seed: 1), b = noise(n, seed: 2)
      func each(_ body: (inout [Float]) -> Void, _ wanted: (Float, Float) -> Float) {
        for result in atEachLevel({
          var r = blank(n); body(&r); return r
        }) {
          #expect(result == zip(a, b).map { wanted($0, $1) })
        }
      }
      each({ ck_relu(n, a, &$0, 2) }, { x, _ in max(x, 0) })
      each({ ck_add(n, a, b, &$0, 2) }, { $0 + $1 })
      each({ ck_multiply(n, a, b, &$0, 2) }, { $0 * $1 })
      each({ ck_scale(n, a, 2, 1, &$0, 2) }, { x, _ in x * 2 + 1 })
      // A rectifier's way back, by itself.
      func gate(_ limit: Float, clamps: Bool, _ result: inout [Float]) {
        b.withUnsafeBufferPointer { mask in
          var epilogue = ck_epilogue()
          (epilogue.mask, epilogue.mask_pitch, epilogue.mask_limit) = (mask.baseAddress, 1, limit)
          (epilogue.clamp, epilogue.high) = (clamps ? 1 : 0, .infinity)
          ck_map_pixels(n, 1, a, 1, &epilogue, &result, 1, 2)
        }
      }
      each({ gate(0, clamps: false, &$0) }, { $1 > 0 ? $0 : 0 })
      each({ gate(0.5, clamps: false, &$0) }, { $1 > 0 && $1 < 0.5 ? $0 : 0 })
      each({ gate(0, clamps: true, &$0) }, { $1 > 0 ? max($0, 0) : 0 })
    }

    @Test func notANumberIsKept() {
      for result in atEachLevel({
        var r = blank(3); ck_relu(3, [.nan, -.infinity, .infinity], &r, 1); return r
      }) {
        #expect(result[0].isNaN && result[1] == 0 && result[2] == .infinity)
      }
    }

    @Test(arguments: [(1, 1), (7, 16), (50, 33), (400, 64)])
    func pixelsAreMapped(_ pixels: Int, _ channels: Int) {
      let input = noise(pixels * channels, seed: 3)
      for backward in [false, true] {
        let epilogue = Epilogue(pixels: pixels, channels: channels, backward: backward)
        var expected = Expected(count: input.count)
        for i in input.indices { expected.add(Double(input[i]), at: i) }
        epilogue.apply(to: &expected)
        let results = atEachLevel {
          var result = blank(input.count)
          epilogue.withC { ck_map_pixels(pixels, channels, input, channels, $0, &result, channels, 2) }
          return result
        }
        check(results, against: expected, "mapped pixels")
      }
    }

    @Test(arguments: [1, 17, 5000])
    func smoothActivations(_ n: Int) {
      let a = noise(n, seed: 5).map { $0 * 20 }, g = noise(n, seed: 6)
      func each(_ body: (inout [Float]) -> Void, _ wanted: (Double, Double) -> Double) {
        var expected = Expected(count: n)
        for i in 0..<n { expected.values[i] = wanted(Double(a[i]), Double(g[i])) }
        let results = atEachLevel {
          var result = blank(n)
          body(&result)
          return result
        }
        check(results, against: expected, "activation")
      }
      func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
      each({ ck_sigmoid(n, a, &$0, 2) }, { x, _ in logistic(x) })
      each({ ck_silu(n, a, &$0, 2) }, { x, _ in x * logistic(x) })
      each({ ck_sigmoid_backward(n, g, a, &$0, 2) }, { x, g in g * logistic(x) * (1 - logistic(x)) })
      each({ ck_silu_backward(n, g, a, &$0, 2) }, { x, g in g * logistic(x) * (1 + x * (1 - logistic(x))) })
    }

    @Test func activationsHaveTheirLimits() {
      let ends: [Float] = [.nan, .infinity, -.infinity, -1000, 1000, 0]
      for result in atEachLevel({
        var result = blank(6)
        ck_sigmoid(6, ends, &result, 1)
        return result
      }) {
        #expect(result[0].isNaN && Array(result[1...]) == [1, 0, 0, 1, 0.5])
      }
    }

    @Test func productsAreSummedOverPixels() {
      let (pixels, channels) = (300, 70)
      let a = noise(2 * pixels * channels, seed: 7), b = noise(2 * pixels * channels, seed: 8)
      var expected = Expected(count: 2 * channels)
      for i in a.indices {
        expected.add(Double(a[i]) * Double(b[i]), at: i / (pixels * channels) * channels + i % channels)
      }
      let results = atEachLevel {
        var result = blank(2 * channels)
        ck_sum_products(2, pixels, channels, a, b, &result, 2)
        return result
      }
      check(results, against: expected, "sums of products")
    }

    /// The same bits at every level and on any number of threads, and nothing but the position decides.
    @Test func normalNumbersAreTheSameEverywhere() {
      var all: [[Float]] = []
      for (count, threads) in [(20_001, Int32(1)), (20_001, 3), (9001, 2), (17, 1)] {
        all += atEachLevel {
          var result = blank(count)
          ck_normal(7, 9, count, &result, threads)
          return result
        }
      }
      for numbers in all { #expect(bits(numbers) == bits(Array(all[0].prefix(numbers.count)))) }
      let mean = all[0].reduce(0, +) / 20_001, square = all[0].reduce(0) { $0 + $1 * $1 } / 20_001
      #expect(abs(mean) < 0.03 && abs(square - 1) < 0.05)
    }

    @Test func theLevelCanBeForced() {
      for level in levels {
        #expect(ck_set_level(level) == 1 && ck_current_level() == level)
      }
      #expect(ck_set_level(ck_level(rawValue: 9)) == 0 && ck_current_level() == levels[levels.count - 1])
      #expect(levels.map(name) == Array(["baseline", "avx2", "avx512"].prefix(levels.count)))
    }
  }
}
