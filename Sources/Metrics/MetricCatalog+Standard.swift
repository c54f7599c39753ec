internal import SaliencyCore

extension MetricCatalog {
  /// Every metric of the toolkit, by category.
  public static let standard = MetricCatalog([
    Deletion.self, Insertion.self, AverageDrop.self, ROAD.self, Infidelity.self,
    FaithfulnessCorrelation.self, PointingGame.self, EnergyPointingGame.self, RelevanceMass.self,
    RelevanceRank.self, BoxLocalisation.self, ClassDiscrimination.self, MaxSensitivity.self, Sparseness.self,
    Complexity.self, CascadingRandomisation.self, IndependentRandomisation.self, RandomLogit.self,
    CompletenessGap.self,
  ])
}
