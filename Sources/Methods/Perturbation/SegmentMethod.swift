internal import Configuration
public import SaliencyCore

/// A method that gives each segment of an image one value, from the scores of the image with some segments covered.
///
/// Map `[N, H, W, 1]`: at each pixel the value of its segment.
public protocol SegmentMethod: SaliencyMethod {
  /// How the image is cut.
  var segmentation: Segmentation { get }
  /// About how many segments.
  var segments: Int { get }
  /// What covered segments are filled with.
  var fill: PerturbationFill { get }
  /// The seed of all random numbers.
  var seed: UInt64 { get }

  /// The value of each segment.
  func values(of game: SegmentGame) throws -> [Double]

  /// The number of forward passes for a number of segments.
  func passes(segments: Int) -> Int
}

extension SegmentMethod {
  public var expectedPasses: Passes { Passes(forward: passes(segments: segments)) }

  /// Of superpixels, whose number depends on the image, the number that is asked for.
  public func expectedPasses(for model: Model) -> Passes {
    guard segmentation == .grid else { return expectedPasses }
    let (height, width) = (model.inputShape[0], model.inputShape[1])
    let count = Segmentation.grid(height: height, width: width, count: segments).count
    return Passes(forward: passes(segments: count))
  }

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    let maps = try (0..<request.inputs.batchSize).map { n in
      let copies = try ImageCopies(of: n, in: request)
      let cut = segmentation.segments(of: copies.image, count: segments, model: request.model)
      let game = SegmentGame(copies, cut, cover: fill.image(for: copies, seed: seed), seed: seed)
      return cut.map(try values(of: game))
    }
    return Attribution(maps: maps, height: request.inputs.shape[1], width: request.inputs.shape[2])
  }

  func validateSegments() throws { try Self.require("segments", segments, in: 1...10_000) }
}

/// A cooperative game: the players are the segments of an image, the value of a coalition is the score of the image in which the
/// other segments are covered.
public struct SegmentGame {
  private let copies: ImageCopies
  private let segments: Segments
  private let cover: Tensor
  private let seed: UInt64

  init(_ copies: ImageCopies, _ segments: Segments, cover: Tensor, seed: UInt64) {
    (self.copies, self.segments, self.cover, self.seed) = (copies, segments, cover, seed)
  }

  /// The number of players.
  public var count: Int { segments.count }

  /// The value of all players together: the score of the image.
  public var whole: Double { Double(copies.score) }

  /// The values of coalitions, each a row that says which players are in it.
  public func values(_ coalitions: [[Bool]]) throws -> [Double] {
    try values(count: coalitions.count) { coalitions[$0] }
  }

  /// The values of coalitions that are made where they are used.
  func values(count: Int, _ coalition: (Int) -> [Bool]) throws -> [Double] {
    let channels = copies.channels
    return try copies.scores(count: count) { number, copy in
      cover.withUnsafeScalars { cover in
        for (members, isPresent) in zip(segments.members, coalition(number)) where !isPresent {
          for pixel in members {
            for i in (pixel * channels)..<((pixel + 1) * channels) { copy[i] = cover[i] }
          }
        }
      }
    }
    .map(Double.init)
  }

  /// Random numbers of one sample.
  func random(_ number: Int) -> CounterRandom { copies.random(seed: seed, number) }
}
