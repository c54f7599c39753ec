internal import SaliencyCore

extension MetricCatalog {
  /// Every metric of the toolkit, by category.
  public static let standard = MetricCatalog(
    faithfulness + localisation + robustness + complexity + randomisation + axioms)

  private static let faithfulness: [any Metric.Type] = [
    Deletion.self, Insertion.self, AverageDrop.self, ROAD.self, Infidelity.self,
    FaithfulnessCorrelation.self, PixelFlipping.self, RegionPerturbation.self, Selectivity.self,
    FaithfulnessEstimate.self, SingleDeletion.self, MonotonicityArya.self, MonotonicityNguyen.self,
    SensitivityN.self, IROF.self, SIC.self, AIC.self,
  ]
  private static let localisation: [any Metric.Type] = [
    PointingGame.self, EnergyPointingGame.self, RelevanceMass.self, RelevanceRank.self,
    BoxLocalisation.self, ClassDiscrimination.self, TopKIntersection.self, LocalisationAUC.self,
    PrecisionAtK.self, IoUCurve.self,
  ]
  private static let robustness: [any Metric.Type] = [
    MaxSensitivity.self, AvgSensitivity.self, LocalLipschitz.self, Continuity.self, RIS.self, ROS.self,
    RRS.self,
  ]
  private static let complexity: [any Metric.Type] = [
    Sparseness.self, Complexity.self, EffectiveComplexity.self,
  ]
  private static let randomisation: [any Metric.Type] = [
    CascadingRandomisation.self, IndependentRandomisation.self, RandomLogit.self, SmoothMPRT.self,
    EfficientMPRT.self,
  ]
  private static let axioms: [any Metric.Type] = [
    CompletenessGap.self, NonSensitivity.self, InputInvariance.self, Linearity.self,
  ]
}
