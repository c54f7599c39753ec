/// The mask of a ReLU: one bit for each element, set if the ReLU passed its input.
///
/// The backward pass reads nothing else of a ReLU.
///
/// Sixteen channels share a word, and a pixel begins with a new one. A kernel writes them as it stores the rectifier's value.
struct ReLUMask: Sendable {
  /// Channels of one word.
  static let lanes = 16

  private let words: ReLUMaskWords
  /// The first word of the first pixel.
  private let first: Int
  /// Words from one pixel to the next.
  let pitch: Int

  /// Uninitialised memory for the mask of a map.
  init(pixels: Int, channels: Int) {
    pitch = (channels + Self.lanes - 1) / Self.lanes
    words = ReLUMaskWords(count: pixels * pitch)
    first = 0
  }

  /// The same for the value of one node.
  init(of shape: Shape, batch: Int) {
    let channels = shape[shape.rank - 1]
    self.init(pixels: batch * shape.count / max(channels, 1), channels: channels)
  }

  private init(_ words: ReLUMaskWords, first: Int, pitch: Int) {
    (self.words, self.first, self.pitch) = (words, first, pitch)
  }

  /// The ReLU mask of the channels from `channel` on, which has to be the first of a word.
  func channels(from channel: Int) -> ReLUMask {
    precondition(channel % Self.lanes == 0, "channel \(channel) is inside a word of ReLU mask")
    return ReLUMask(words, first: first + channel / Self.lanes, pitch: pitch)
  }

  /// The first word, for as long as the mask lives.
  var start: UnsafeMutablePointer<UInt16> { words.start + first }
}

/// The memory of ReLU masks.
///
/// `@unchecked`: the kernels of one pass write it, each word once, before any reader gets it.
private final class ReLUMaskWords: @unchecked Sendable {
  let start: UnsafeMutablePointer<UInt16>
  private let memory: UnsafeMutableRawPointer
  private let bytes: Int

  init(count: Int) {
    (memory, bytes) = BufferPool.shared.take(count * MemoryLayout<UInt16>.stride)
    start = memory.bindMemory(to: UInt16.self, capacity: count)
  }

  deinit { BufferPool.shared.giveBack(memory, bytes: bytes) }
}

/// The source of a ReLU mask.
enum ReLUMaskSource: Sendable {
  /// The rectifier's value: where it is above 0 (and below its maximum).
  case values(FeatureView)
  case bits(ReLUMask)
}
