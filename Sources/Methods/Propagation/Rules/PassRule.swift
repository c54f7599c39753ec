public import SaliencyCore

/// The signal as it is: for layers that change each element by itself, such as activations and normalisations.
///
/// Activations multiply a unit's value by a factor, which LRP does not attribute to anything.
public struct PassRule: BackwardRule {
  public init() {}

  public var reads: RuleReads { .signal }

  public func propagate(_ signal: Tensor, through step: Step) -> [Tensor] { [signal] }
}
