public import Imaging
public import SaliencyCore

extension MapStyle {
  /// How a method's maps are shown: class activation maps over the picture, pixels on their own, signed ones around white.
  ///
  /// - Parameter reduction: How channels become one number, where not as the method says.
  public init(for method: any SaliencyMethod, reduction: ChannelReduction? = nil) {
    let descriptor = type(of: method).descriptor
    let isSigned =
      switch reduction {
      case nil: descriptor.isSigned
      case .maxAbs?, .sumAbs?: false
      case .sum?, .mean?: true
      }
    // What has a value for each of some coarse places reads better over the picture.
    if [.classActivation, .control].contains(descriptor.family) {
      self = .heatmap
    } else {
      self = isSigned ? .signed : .magnitude
    }
  }
}
