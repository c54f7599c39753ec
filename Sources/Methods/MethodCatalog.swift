public import SaliencyCore

extension MethodCatalog {
  /// Every method of the toolkit.
  public static let standard = MethodCatalog([
    Gradient.self, GuidedBackprop.self, DeconvNet.self, CAM.self, GradCAM.self, GuidedGradCAM.self,
    SmoothGrad.self, GradientTimesInput.self, IntegratedGradients.self, GradCAMPlusPlus.self, HiResCAM.self,
    LayerCAM.self, XGradCAM.self,
    LRP.self, DeepLift.self, ExpectedGradients.self, ExcitationBackprop.self, DeepTaylor.self,
    BetaSmooth.self,
    FullGrad.self, SimpleFullGrad.self, BlurIG.self, GuidedIG.self, XRAI.self,
    ScoreCAM.self, SmoothedScoreCAM.self, IntegratedScoreCAM.self, AblationCAM.self, EigenCAM.self,
    EigenGradCAM.self, ElementwiseGradCAM.self, SmoothGradCAMPlusPlus.self, ReciproCAM.self, OptiCAM.self,
    FEM.self, FinerCAM.self, Occlusion.self, RISE.self, FeatureAblation.self, KernelSHAP.self,
    ShapleySampling.self, LIME.self, SobolAttribution.self, HSIC.self, MeaningfulPerturbation.self,
    ExtremalPerturbation.self,
  ])

  /// The methods that are compared by default.
  public static let comparedByDefault = [
    "gradient", "guided-backprop", "cam", "grad-cam", "guided-grad-cam", "smooth-grad",
  ]

  /// The methods that replace those of the default that do not suit a model, in this order.
  public static let comparedInstead = [
    "integrated-gradients", "hires-cam", "gradient-x-input", "layer-cam", "xgrad-cam",
  ]
}
