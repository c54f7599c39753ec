import CKernels
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
      each({ ck_relu_backward(n, a, b, 0, &$0, 2) }, { $1 > 0 ? $0 : 0 })
      each({ ck_relu_backward(n, a, b, 0.5, &$0, 2) }, { $1 > 0 && $1 < 0.5 ? $0 : 0 })
      each({ ck_relu_backward_guided(n, a, b, 0, &$0, 2) }, { $1 > 0 ? max($0, 0) : 0 })
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

    @Test func theLevelCanBeForced() {
      for level in levels {
        #expect(ck_set_level(level) == 1 && ck_current_level() == level)
      }
      #expect(ck_set_level(ck_level(rawValue: 9)) == 0 && ck_current_level() == levels[levels.count - 1])
      #expect(levels.map(name) == Array(["baseline", "avx2", "avx512"].prefix(levels.count)))
    }
  }
}
