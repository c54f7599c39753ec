public import SaliencyCore

extension MethodCatalog {
  /// Every method of the toolkit.
  public static let standard = MethodCatalog([
    Gradient.self, GuidedBackprop.self, DeconvNet.self, CAM.self, GradCAM.self, GuidedGradCAM.self,
    SmoothGrad.self, GradientTimesInput.self, IntegratedGradients.self, GradCAMPlusPlus.self, HiResCAM.self,
    LayerCAM.self, XGradCAM.self,
  ])

  /// The six methods that are compared unless others are asked for.
  public static let comparedByDefault = [
    "gradient", "guided-backprop", "cam", "grad-cam", "guided-grad-cam", "smooth-grad",
  ]
}
