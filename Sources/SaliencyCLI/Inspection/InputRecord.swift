internal import Imaging
internal import ModelLibrary

/// What a model is given for pixels from 0 to 255, as it is reported.
struct InputRecord: Encodable {
  let preprocessing: String
  /// The smallest and the largest value over all channels.
  let range: [Float]
  /// The same after the model's own layers that rescale its input.
  let rescaledRange: [Float]?
  /// The names of those layers.
  let layers: [String]
  /// The range in words: `-1 to 1`.
  let rangeText: String

  private enum CodingKeys: CodingKey { case preprocessing, range, rescaledRange, layers }

  init(_ found: InputRange) {
    preprocessing = found.preprocessing.description
    range = [found.given.lowerBound, found.given.upperBound]
    rescaledRange = found.rescaled.map { [$0.lowerBound, $0.upperBound] }
    layers = found.layers
    rangeText = found.description
  }

  var text: String { "input: preprocessing \(preprocessing), pixels from 0 to 255 become \(rangeText)" }
}
