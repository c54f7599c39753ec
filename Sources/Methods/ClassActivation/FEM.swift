internal import Configuration
public import SaliencyCore

/// FEM: where each map of a layer is unusually strong; it does not depend on the class.
///
/// Attribution `[N, h, w, 1]`: sum_k w_k B_k, B_k = 1 where A_k > mean + `deviations` · standard deviation (of the population) of A_k, and 0 elsewhere; w_k the mean of
/// A_k.
///
/// K. A. A. Fuad et al., "Features Understanding in 3D CNNs for Actions Recognition in Video", IPTA 2020, doi:10.1109/IPTA50016.2020.9286629.
///
/// Known deviations elsewhere: pytorch-grad-cam sums A_k, weighted by the mean of B_k (`weighting: coverage`).
///
/// - Complexity: no pass.
public struct FEM: LayerMapMethod {
  public static let descriptor = MethodDescriptor(
    "fem", title: "FEM", family: .classActivation, paper: "Fuad 2020, doi:10.1109/IPTA50016.2020.9286629",
    needs: "a spatial layer", reduction: .sum)

  /// What is summed with which weights.
  public enum Weighting: String, Sendable, Codable, CaseIterable {
    /// The binary maps, weighted by the mean of the maps: the paper and xplique.
    case strength
    /// The maps, weighted by the mean of the binary maps (pytorch-grad-cam).
    case coverage
  }

  /// How many standard deviations above its mean a map is strong.
  public var deviations: Float = 2
  /// What is summed.
  public var weighting = Weighting.strength

  public init() {}

  /// FEM with a threshold in standard deviations above the mean.
  public init(deviations: Float, weighting: Weighting = .strength) {
    (self.deviations, self.weighting) = (deviations, weighting)
  }

  public func validate() throws { try Self.require("deviations", deviations, in: 0...100) }

  public var expectedPasses: Passes { Passes() }

  public func map(of maps: LayerMaps) throws -> Tensor {
    let means = maps.values.meanOverSpace()
    let ones = Tensor(repeating: 1, shape: maps.values.shape)
    let distances = maps.values - ones.multiplied(broadcasting: means)
    let variances = (distances * distances).meanOverSpace()
    let limits = variances.map { deviations * $0.squareRoot() }
    let binary = distances.zip(ones.multiplied(broadcasting: limits)) { $0 > $1 ? 1 : 0 }
    switch weighting {
    case .strength: return binary.multiplied(broadcasting: means).sumOverChannels()
    case .coverage:
      return maps.values.multiplied(broadcasting: binary.meanOverSpace()).sumOverChannels().positivePart
    }
  }
}
