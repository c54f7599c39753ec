import SaliencyCore
import Support

/// The random choices of one mutant: a function of the seed, the category and the mutant's number, so that mutant n is
/// the same whatever was made before it.
struct MutantRandom: RandomNumberGenerator {
  private let random: CounterRandom
  private var position = 0

  init(seed: UInt64, category: String, number: Int) {
    random = CounterRandom(seed: seed, path: FNV1a(category).value, UInt64(number))
  }

  mutating func integer(below bound: Int) -> Int {
    position += 1
    return bound > 0 ? random.integer(below: min(bound, Int(UInt32.max)), at: position) : 0
  }

  /// True once in `count` calls.
  mutating func once(in count: Int) -> Bool { integer(below: count) == 0 }

  mutating func element<T>(of list: [T]) -> T { list[integer(below: list.count)] }

  mutating func next() -> UInt64 {
    UInt64(integer(below: 1 << 31)) << 33 | UInt64(integer(below: 1 << 31)) << 2
  }

  /// Visits each of `0..<count` once before any of them again, in an order of the seed's.
  static func place(of number: Int, among count: Int, seed: UInt64) -> Int {
    guard count > 1 else { return 0 }
    func divisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : divisor(b, a % b) }
    let start = CounterRandom(seed: seed, path: UInt64(count))
    var stride = 1 + start.integer(below: count - 1, at: 0)
    while divisor(stride, count) != 1 { stride = stride % count + 1 }
    let (high, _) = number.quotientAndRemainder(dividingBy: count)
    return ((number - high * count) * stride + start.integer(below: count, at: 1)) % count
  }
}
