/// What becomes of the relevance that belongs to a bias, and to a stabiliser.
public enum BiasShare: String, Sendable, Hashable, Codable, CaseIterable {
  /// The bias takes its share, which is lost: Bach 2015, and zennit.
  case absorb
  /// The bias is left out of the sums. A unit that only its bias makes fire passes nothing on.
  case ignore
  /// The shares of the bias and the stabiliser go in equal parts to the inputs that the unit reads, so that relevance is conserved:
  /// Lapuschkin et al., "The LRP Toolbox for Artificial Neural Networks", JMLR 2016.
  case distribute
}
