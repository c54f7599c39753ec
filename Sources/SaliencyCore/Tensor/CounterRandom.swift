/// Random numbers that depend only on their key and position, never on what was drawn before.
///
/// Philox 4x32-10 (J. K. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011,
/// doi:10.1145/2063384.2063405). The key is the seed; the counter is (element, stream). Noise keyed by
/// (seed, image, sample) is therefore the same whatever the batch, the thread or the machine.
public struct CounterRandom: Sendable {
  let key: SIMD2<UInt32>
  let stream: UInt64

  /// A stream of numbers for one purpose: `path` names it, for example (image, sample).
  public init(seed: UInt64, path: UInt64...) {
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    stream = path.reduce(0x9E37_79B9_7F4A_7C15) { Self.mix($0 ^ Self.mix($1)) }
  }

  /// The finaliser of SplitMix64: a bijection that spreads every bit.
  static func mix(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Four random words for a position.
  public func words(at position: UInt64) -> SIMD4<UInt32> {
    Self.philox(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: position), UInt32(truncatingIfNeeded: position >> 32),
        UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32)),
      key: key)
  }

  static func philox(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var (c, k) = (counter, key)
    for _ in 0..<10 {
      let a = UInt64(c[0]) * 0xD251_1F53
      let b = UInt64(c[2]) * 0xCD9E_8D57
      c = SIMD4(
        UInt32(b >> 32) ^ c[1] ^ k[0], UInt32(truncatingIfNeeded: b),
        UInt32(a >> 32) ^ c[3] ^ k[1], UInt32(truncatingIfNeeded: a))
      k = k &+ SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return c
  }

  /// A float in [0, 1), one of 2^24 equally spaced values.
  public func uniform(at index: Int) -> Float {
    Float(words(at: UInt64(index / 4))[index % 4] >> 8) * 0x1p-24
  }

  /// An integer in `0..<bound`, by multiplication (bias below bound / 2^32).
  public func integer(below bound: Int, at index: Int) -> Int {
    Int((UInt64(words(at: UInt64(index / 4))[index % 4]) * UInt64(bound)) >> 32)
  }

  /// A tensor of independent floats from [low, high).
  public func uniform(_ range: Range<Float>, shape: Shape) -> Tensor {
    let width = range.upperBound - range.lowerBound
    // Rounding may reach the upper bound, which does not belong to the range.
    let last = range.upperBound.nextDown
    return Tensor(shape: shape) { result in
      for i in 0..<result.count { result[i] = min(range.lowerBound + width * uniform(at: i), last) }
    }
  }

  /// A tensor of independent standard normal floats, by the Box-Muller transform in double precision.
  public func normal(shape: Shape) -> Tensor {
    // Radius from the first 53 bits of a position's words, angle from the third word.
    Tensor(shape: shape) { Kernels.normal(key: wholeKey, stream: stream, into: $0) }
  }

  private var wholeKey: UInt64 { UInt64(key[1]) << 32 | UInt64(key[0]) }

  /// `normal` times a factor, as weights.
  ///
  /// In place: a second tensor beside the largest layer of VGG16 would be 392 MB.
  package func weights(shape: Shape, times factor: Float) -> Tensor {
    Tensor(
      repeatable: shape,
      from: { weights in
        Kernels.normal(key: wholeKey, stream: stream, into: weights)
        Kernels.scale(weights, by: factor)
      })
  }

  /// A permutation of `0..<count` (Fisher-Yates).
  public func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    for i in stride(from: count - 1, to: 0, by: -1) { order.swapAt(i, integer(below: i + 1, at: i)) }
    return order
  }
}
