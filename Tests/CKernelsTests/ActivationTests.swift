import CKernels
import Foundation
import Testing

extension KernelTests {
  @Suite struct ActivationTests {
    /// Numbers of every size and both signs, subnormal ones among them.
    private static let everySize: [Float] = {
      let patterns = stride(from: UInt32(0), to: Float.infinity.bitPattern, by: 30_011)
      return patterns.flatMap { [Float(bitPattern: $0), -Float(bitPattern: $0)] } + [.greatestFiniteMagnitude]
    }()

    private static func each(_ x: [Float], _ body: (Int, [Float], inout [Float]) -> Void) -> [[Float]] {
      atEachLevel {
        var result = blank(x.count)
        body(x.count, x, &result)
        return result
      }
    }

    /// The largest error relative to the wanted number, and `floor` where that is smaller.
    private static func error(_ found: [Float], _ x: [Float], _ wanted: (Double) -> Double, floor: Double)
      -> Double
    {
      var worst = 0.0
      for (found, x) in zip(found, x) {
        let wanted = wanted(Double(x))
        let error = abs(Double(found) - wanted) / max(abs(wanted), floor)
        if !(error <= worst) { worst = error.isNaN ? .infinity : error }
      }
      return worst
    }

    static func below(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }
    static func density(_ x: Double) -> Double { exp(-x * x / 2) / (2 * Double.pi).squareRoot() }
    /// Keras' gate in a form that keeps its digits in the lower tail, and its derivative.
    static func gate(_ x: Double) -> (value: Double, slope: Double) {
      let k = 2 * (2 / Double.pi).squareRoot()
      let e = exp(-abs(k * (x + 0.044715 * x * x * x)))
      let slope = e == 0 ? 0 : e / ((1 + e) * (1 + e)) * k * (1 + 0.134145 * x * x)
      return (x < 0 ? e / (1 + e) : 1 / (1 + e), slope)
    }

    @Test func geluIsWithinAMillionthOfEveryResult() {
      // Below the smallest normal number a result has fewer digits.
      let smallest = Double(Float.leastNormalMagnitude)
      let x = Self.everySize
      let exact = Self.each(x) { ck_gelu($0, $1, &$2, 2) }
      let tanh = Self.each(x) { ck_gelu_tanh($0, $1, &$2, 2) }
      for (exact, tanh) in zip(exact, tanh) {
        #expect(Self.error(exact, x, { $0 * Self.below($0) }, floor: smallest) < 1e-6)
        #expect(Self.error(tanh, x, { $0 * Self.gate($0).value }, floor: smallest) < 1e-6)
      }
    }

    @Test func gradientsOfGeluAreWithinAMillionth() {
      let x = Self.everySize
      let ones = [Float](repeating: 1, count: x.count)
      let exact = Self.each(x) { ck_gelu_backward($0, ones, $1, &$2, 2) }
      let tanh = Self.each(x) { ck_gelu_tanh_backward($0, ones, $1, &$2, 2) }
      for (exact, tanh) in zip(exact, tanh) {
        // The gradient crosses 0, so the error there is measured against a gradient of 1.
        #expect(Self.error(exact, x, { Self.below($0) + $0 * Self.density($0) }, floor: 1) < 1e-6)
        #expect(Self.error(tanh, x, { Self.gate($0).value + $0 * Self.gate($0).slope }, floor: 1) < 1e-6)
      }
    }

    @Test func geluIsTheSameWithAVX2AndAVX512OnAnyNumberOfThreads() {
      let x = noise(40_003, seed: 4).map { $0 * 8 }, g = noise(40_003, seed: 5)
      let runs: [(Int32, inout [Float]) -> Void] = [
        { ck_gelu(x.count, x, &$1, $0) }, { ck_gelu_tanh(x.count, x, &$1, $0) },
        { ck_gelu_backward(x.count, g, x, &$1, $0) }, { ck_gelu_tanh_backward(x.count, g, x, &$1, $0) },
      ]
      for run in runs {
        let results = [1, 3].map { threads in Self.each(x) { _, _, result in run(threads, &result) } }
        for level in levels.indices { #expect(bits(results[0][level]) == bits(results[1][level])) }
        if levels.contains(CK_AVX512) { #expect(bits(results[0][1]) == bits(results[0][2])) }
      }
    }

    @Test func geluHasTheLimitsOfItsFormula() {
      let ends: [Float] = [.nan, .infinity, -.infinity, 0, -100, 100]
      for body in [ck_gelu, ck_gelu_tanh] {
        for result in Self.each(ends, { body($0, $1, &$2, 1) }) {
          // 0 times infinity, as in double precision.
          #expect(result[0].isNaN && result[2].isNaN)
          #expect(result[1] == .infinity && Array(result[3...]) == [0, 0, 100])
        }
      }
    }

    @Test func hardGatesAreTheBitsOfDoublePrecision() {
      let x =
        Self.everySize.filter { abs($0) < 100 } + noise(5000, seed: 6).map { $0 * 4 } + [
          3, -3, 2.5, -2.5, .nan,
        ]
      let g = noise(x.count, seed: 7)
      func gate(_ x: Double, _ width: Double) -> (value: Double, slope: Double) {
        let y = 1 / width * x + 0.5
        return y <= 0 ? (0, 0) : y >= 1 ? (1, 0) : (y, 1 / width)
      }
      func expect(_ found: [[Float]], _ wanted: (Double, Float) -> Float) {
        let wanted = zip(x, g).map { wanted(Double($0), $1) }
        for found in found { #expect(zip(found, wanted).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }) }
      }
      for width in [5, 6] as [Float] {
        expect(Self.each(x) { ck_hard_sigmoid($0, $1, width, &$2, 2) }) { x, _ in
          Float(gate(x, Double(width)).value)
        }
        expect(Self.each(x) { ck_hard_sigmoid_backward($0, g, $1, width, &$2, 2) }) {
          $1 * Float(gate($0, Double(width)).slope)
        }
      }
      expect(Self.each(x) { ck_hard_silu($0, $1, &$2, 2) }) { x, _ in Float(x * gate(x, 6).value) }
      expect(Self.each(x) { ck_hard_silu_backward($0, g, $1, &$2, 2) }) {
        $1 * Float(gate($0, 6).value + $0 * gate($0, 6).slope)
      }
    }
  }
}
