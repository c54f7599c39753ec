/// The 64-bit FNV-1a hash, which is the same in every process, unlike `hashValue`.
///
/// G. Fowler, L. C. Noll, K.-P. Vo, "The FNV Non-Cryptographic Hash Algorithm", draft-eastlake-fnv.
package struct FNV1a: Sendable {
  /// The hash of what was combined so far.
  package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  package init() {}

  /// The hash of the UTF-8 bytes of a text.
  package init(_ text: String) { for byte in text.utf8 { combine(UInt64(byte)) } }

  /// Hashes one more word.
  package mutating func combine(_ word: UInt64) { value = (value ^ word) &* 0x0000_0100_0000_01B3 }

  /// Hashes the bits of each number as one word.
  package mutating func combine(_ numbers: UnsafeBufferPointer<Float>) {
    for number in numbers { combine(UInt64(number.bitPattern)) }
  }
}
