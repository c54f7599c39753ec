/// How uncertainty is stated.
public struct Statistics: Sendable, Equatable, Codable {
  /// The share of the bootstrap's distribution that an interval holds.
  public var confidence = 0.95
  /// The number of bootstrap resamples.
  public var resamples = 2_000
  /// How many sign flips the paired test draws.
  public var permutations = 10_000
  /// Below which adjusted p a difference counts.
  public var level = 0.05

  public init() {}
}
