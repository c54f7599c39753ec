internal import Imaging
internal import ModelLibrary

/// The range of a model's input for pixels from 0 to 255.
public struct InputRecord: Sendable, Encodable {
  /// The preprocessing, as `--preprocessing` takes it.
  public let preprocessing: String
  /// The smallest and the largest value over all channels.
  public let range: [Float]
  /// The range after the model's own layers that rescale its input.
  public let rescaledRange: [Float]?
  /// The names of those layers.
  public let layers: [String]
  /// The range in words: `-1 to 1`.
  public let rangeText: String

  private enum CodingKeys: CodingKey { case preprocessing, range, rescaledRange, layers }

  init(_ found: InputRange) {
    preprocessing = found.preprocessing.description
    range = [found.given.lowerBound, found.given.upperBound]
    rescaledRange = found.rescaled.map { [$0.lowerBound, $0.upperBound] }
    layers = found.layers
    rangeText = found.description
  }

  /// The record as a line.
  package var text: String {
    "input: preprocessing \(preprocessing), pixels from 0 to 255 become \(rangeText)"
  }
}
