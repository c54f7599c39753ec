internal import SaliencyCore

/// Changed copies of one image of a request, and the explained score of each.
///
/// A batch of copies is made where it is used, so that memory does not grow with their number.
struct ImageCopies {
  let request: AttributionRequest
  /// The number of the image in the request.
  let sample: Int
  /// The image, `[1, H, W, C]`.
  let image: Tensor
  private let contentKey: UInt64
  private let tail: Tail

  /// - Throws: `GraphError`.
  init(of sample: Int, in request: AttributionRequest) throws {
    (self.request, self.sample) = (request, sample)
    image = request.inputs.sample(sample)
    contentKey = image.contentKey
    tail = try request.tail(from: request.model.input, explainedAs: sample)
  }

  var height: Int { image.shape[1] }
  var width: Int { image.shape[2] }
  var channels: Int { image.shape[3] }
  /// The number of positions.
  var pixels: Int { height * width }

  /// The explained score of the image itself.
  var score: Float { request.scores[sample] }

  /// The scores of some copies, which go through the network together.
  ///
  /// - Parameter change: Changes a copy, given its number.
  func scores(
    of copies: Range<Int>, _ change: (Int, UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws -> [Float] {
    let size = image.count
    let batch = try Tensor(shape: image.shape.sample.batched(copies.count)) { all in
      for (i, number) in copies.enumerated() {
        let copy = UnsafeMutableBufferPointer(rebasing: all[(i * size)..<((i + 1) * size)])
        image.withUnsafeScalars { _ = copy.initialize(from: $0) }
        try change(number, copy)
      }
    }
    return try request.scores(behind: tail, for: batch, explainedAs: sample)
  }

  /// The scores of `count` copies.
  func scores(
    count: Int, _ change: (Int, UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws -> [Float] {
    var scores: [Float] = []
    for chunk in MicroBatches(count: count, of: request.model) {
      scores += try self.scores(of: chunk, change)
    }
    return scores
  }

  /// Random numbers of one sample, which depend on the seed, the image's pixels, and the sample's number alone.
  func random(seed: UInt64, _ number: Int) -> CounterRandom {
    CounterRandom(seed: seed, path: contentKey, UInt64(bitPattern: Int64(number)))
  }
}

extension Attribution {
  /// One map for each image, row by row.
  init(maps: [[Float]], height: Int, width: Int) {
    self.init(
      Tensor(shape: [maps.count, height, width, 1]) { all in
        for (n, map) in maps.enumerated() {
          let start = n * height * width
          _ = UnsafeMutableBufferPointer(rebasing: all[start..<(start + map.count)]).initialize(from: map)
        }
      })
  }
}
