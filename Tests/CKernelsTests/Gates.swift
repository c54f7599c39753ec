/// Which elements of a map are above 0 (and below a limit), as bits: sixteen channels of a pixel to a word.
struct Gates: Sendable, Equatable {
  var words: [UInt16]
  /// Words from one pixel to the next.
  let pitch: Int

  /// Room for the gates of a map with `extra` words behind each pixel's, every bit of it set, so that what is not
  /// written shows.
  init(pixels: Int, channels: Int, extra: Int = 0) {
    pitch = (channels + 15) / 16 + extra
    words = Array(repeating: 0xFFFF, count: pixels * pitch)
  }

  /// The definition: open where 0 < value (< limit), and closed where there is no channel.
  init(of values: [Float], channels: Int, limit: Float = 0) {
    self.init(pixels: values.count / channels, channels: channels)
    for i in words.indices { words[i] = 0 }
    for i in values.indices where values[i] > 0 && (limit == 0 || values[i] < limit) {
      flip(i / channels, i % channels)
    }
  }

  mutating func flip(_ pixel: Int, _ channel: Int) {
    words[pixel * pitch + channel / 16] ^= 1 << UInt16(channel % 16)
  }

  func isOpen(_ pixel: Int, _ channel: Int) -> Bool {
    words[pixel * pitch + channel / 16] >> UInt16(channel % 16) & 1 == 1
  }

  /// Some of each pixel's words.
  func words(_ range: Range<Int>) -> [UInt16] {
    stride(from: 0, to: words.count, by: pitch).flatMap {
      words[($0 + range.lowerBound)..<($0 + range.upperBound)]
    }
  }
}
