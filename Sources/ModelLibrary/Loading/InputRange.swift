internal import Foundation
public import Imaging
internal import SaliencyCore
internal import Support

/// What pixel values become on their way into a network.
public struct InputRange: Sendable, Equatable, CustomStringConvertible {
  /// The preprocessing that the range follows from.
  public let preprocessing: Preprocessing
  /// The values that the network is given for pixels from 0 to 255, over all channels.
  public let given: ClosedRange<Float>
  /// The same after the network's own layers that rescale its input; nil if it has none.
  public let rescaled: ClosedRange<Float>?
  /// The names of those layers.
  public let layers: [String]

  /// Whether the network's own layers narrow a range that the preprocessing has set already, so that one of the two is too
  /// many.
  ///
  /// Layers that widen it undo the preprocessing or standardise its result, which is as it should be.
  public var isRescaledTwice: Bool {
    guard let rescaled, preprocessing != .unchanged else { return false }
    return rescaled.width < given.width
  }

  /// The values of the network's input: `-1 to 1`.
  public var description: String {
    guard let rescaled else { return Self.text(given) }
    let names = layers.map { "\"\($0)\"" }.joined(separator: ", ")
    return "\(Self.text(given)); \(Self.text(rescaled)) after the model's own \(names)"
  }

  static func text(_ range: ClosedRange<Float>) -> String {
    [range.lowerBound, range.upperBound].map { NumberText.short($0, 4) }.joined(separator: " to ")
  }
}

extension LoadedModel {
  /// What looks wrong about the input, and what to try; nil if nothing does.
  public var inputWarning: String? {
    guard let range = inputRange, range.isRescaledTwice, let rescaled = range.rescaled else { return nil }
    return
      "\(source.path): found preprocessing \(range.preprocessing), which makes \(InputRange.text(range.given)) of pixels from 0 to "
      + "255, and the model's own layer \"\(range.layers[0])\", which makes \(InputRange.text(rescaled)) of that; if the model was "
      + "trained on pixels from 0 to 255, use preprocessing none"
  }

  /// What pixel values become; nil if nothing says how the input is made, or it is not an image.
  public var inputRange: InputRange? {
    guard let preprocessing, let channels = model.inputShape.dimensions.last, channels == 1 || channels == 3,
      let given = try? preprocessing.blackAndWhite(channels: channels)
    else { return nil }
    let rescalings = model.graph.rescalings(after: model.input)
    let rescaled = rescalings.reduce(given) { values, node in node.layer?([values]) ?? values }
    guard let before = given.range, let after = rescaled.range else { return nil }
    return InputRange(
      preprocessing: preprocessing, given: before, rescaled: rescalings.isEmpty ? nil : after,
      layers: rescalings.map(\.name))
  }
}

extension Tensor {
  /// From the smallest to the largest value; nil if there is none, or one is no number.
  fileprivate var range: ClosedRange<Float>? {
    guard let low = scalars.min(), let high = scalars.max(), low <= high else { return nil }
    return low...high
  }
}

extension ClosedRange<Float> {
  fileprivate var width: Float { upperBound - lowerBound }
}
