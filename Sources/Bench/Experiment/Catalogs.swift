public import Methods
public import Metrics
public import SaliencyCore

/// What an experiment may name: methods, controls, metrics.
public struct Catalogs: Sendable {
  public var methods: MethodCatalog
  public var controls: MethodCatalog
  public var metrics: MetricCatalog
  /// What is done where toolkits differ, if the experiment does not say it.
  public var profile = ConventionProfile.paper

  public init(
    methods: MethodCatalog, controls: MethodCatalog = ControlCatalog.standard,
    metrics: MetricCatalog = .standard
  ) {
    self.methods = methods
    self.controls = controls
    self.metrics = metrics
  }

  /// Where a decoder carries the catalogs, so that an `Experiment` can be decoded.
  public static var key: CodingUserInfoKey {
    guard let key = CodingUserInfoKey(rawValue: "catalogs of an experiment") else {
      preconditionFailure("any string makes a key")
    }
    return key
  }
}
