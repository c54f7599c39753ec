internal import Configuration
public import SaliencyCore

/// Recipro-CAM: the score with one position of a layer's maps alone, for each position.
///
/// Attribution `[N, h, w, 1]`: f(A · m_p) at each position p, stretched to [0, 1]; m_p is 1 at p and 0 elsewhere, or with `gaussian` a 3 x 3 binomial window of
/// weights 1/4, 1/8 and 1/16 about p. Only what is behind the layer is computed.
///
/// S.-Y. Byun, W. Lee, "Recipro-CAM: Fast gradient-free visual explanations for convolutional neural networks", 2022, arXiv:2209.14074, section 3.
///
/// The authors' code takes the class probability: ask for the score of the output for that.
///
/// - Complexity: h · w passes of the part behind the layer.
public struct ReciproCAM: LayerMapMethod {
  public static let descriptor = MethodDescriptor(
    "recipro-cam", title: "Recipro-CAM", family: .classActivation, paper: "Byun 2022, arXiv:2209.14074",
    needs: "a spatial layer", reduction: .sum)

  /// Whether a mask is a 3 x 3 window instead of one position.
  public var gaussian = true

  public init() {}

  /// Recipro-CAM with masks of one position, or Gaussian ones.
  public init(gaussian: Bool) { self.gaussian = gaussian }

  public var expectedPasses: Passes { Passes(forward: 49) }

  public func expectedPasses(for model: Model) -> Passes { Passes(forward: model.defaultMaps.positions) }

  public func map(of maps: LayerMaps) throws -> Tensor {
    let (height, width) = (maps.height, maps.width)
    let scores = try maps.scores(count: height * width) { position, copy in
      for y in 0..<height {
        for x in 0..<width {
          let weight = weight(abs(y - position / width), abs(x - position % width))
          let start = (y * width + x) * maps.count
          for i in start..<(start + maps.count) { copy[i] *= weight }
        }
      }
    }
    return ChannelMasks.stretched(Tensor(shape: [1, height, width, 1], scalars: scores))
  }

  private func weight(_ rows: Int, _ columns: Int) -> Float {
    guard gaussian else { return rows == 0 && columns == 0 ? 1 : 0 }
    return rows > 1 || columns > 1 ? 0 : 0.25 / Float(1 << (rows + columns))
  }
}
