/// COCO's compressed run lengths: each number in groups of five bits, six to a character, lowest first.
///
/// A character holds its value plus 48; bit 5 says that more follow, bit 4 of the last group is the sign. From the fourth
/// number on, what is stored is the difference from the number two places before.
enum RunLengthText {
  /// The lengths of alternating runs, the first outside; nil if the text is no such thing.
  static func counts(of text: String) -> [Int]? {
    var counts: [Int] = []
    var (value, shift) = (0, 0)
    for byte in text.utf8 {
      let group = Int(byte) - 48
      guard group >= 0, group < 64, shift < 60 else { return nil }
      value |= (group & 0x1F) << shift
      shift += 5
      if group & 0x20 != 0 { continue }
      if group & 0x10 != 0 { value |= -1 << shift }
      if counts.count > 2 { value += counts[counts.count - 2] }
      counts.append(value)
      (value, shift) = (0, 0)
    }
    return shift == 0 ? counts : nil
  }
}
