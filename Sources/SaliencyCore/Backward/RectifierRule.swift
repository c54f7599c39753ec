/// A rule for ReLUs that reads no more than signs, so that a kernel can apply it before it writes.
///
/// With the signal g at a ReLU's output and x at its input, the signal at the input is
///
///     gradient: g · 1[x > 0]      guided: max(g, 0) · 1[x > 0]      deconvolution: max(g, 0)
///
/// (for a ReLU with another threshold or a maximum, 1[x > 0] is its derivative).
public enum RectifierRule: String, BackwardRule, CaseIterable {
  /// The true gradient.
  case gradient
  /// Guided backpropagation (arXiv:1412.6806).
  case guided
  /// The deconvolutional network (arXiv:1311.2901).
  case deconvolution

  public var reads: RuleReads { .signal }

  public func propagate(_ signal: Tensor, through step: Step) -> [Tensor] {
    switch self {
    case .gradient: step.pullback(signal)
    case .guided: step.pullback(signal.positivePart)
    case .deconvolution: [signal.positivePart]
    }
  }
}
