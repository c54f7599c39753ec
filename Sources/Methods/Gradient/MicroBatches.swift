internal import SaliencyCore

/// Many passes cut into batches whose size depends on the model alone.
///
/// Large enough to share the weights between samples, small enough that memory does not grow with the number of samples.
struct MicroBatches: Sequence {
  let count: Int
  let size: Int

  init(count: Int, of model: Model) {
    self.count = count
    size = model.microBatch
  }

  func makeIterator() -> AnyIterator<Range<Int>> {
    var start = 0
    return AnyIterator {
      guard start < count else { return nil }
      defer { start += size }
      return start..<Swift.min(start + size, count)
    }
  }
}
