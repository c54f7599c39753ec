internal import Configuration
public import SaliencyCore

/// Eigen-CAM: the first principal component of the maps of a layer; it does not depend on the class.
///
/// Attribution `[N, h, w, 1]`: relu(A v), A the hw x K matrix of the maps, v its first right singular vector. The sign is that with which A v agrees with the sum
/// of the maps. With `centred` each map's mean is subtracted first.
///
/// M. B. Muhammad, M. Yeasin, "Eigen-CAM", IJCNN 2020, arXiv:2008.00299, section III.
///
/// Known deviations elsewhere: pytorch-grad-cam centres, and leaves the sign to chance.
///
/// - Complexity: no pass; an eigenproblem of min(hw, K) rows.
public struct EigenCAM: LayerMapMethod {
  public static let descriptor = MethodDescriptor(
    "eigen-cam", title: "Eigen-CAM", family: .classActivation, paper: "Muhammad 2020, arXiv:2008.00299",
    needs: "a spatial layer", reduction: .sum)

  /// Whether each map's mean is subtracted first.
  public var centred = false

  public init() {}

  /// Eigen-CAM, with or without the mean of each map subtracted.
  public init(centred: Bool) { self.centred = centred }

  public var expectedPasses: Passes { Passes() }

  public func map(of maps: LayerMaps) throws -> Tensor {
    try PrincipalComponent.projection(of: maps.values, isCentred: centred).positivePart
  }
}
