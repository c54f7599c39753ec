/// How a signal passes backwards through one layer.
public protocol BackwardRule: Sendable {
  /// The signal at each of the step's inputs, given the signal at its output.
  ///
  /// - Returns: One tensor for each input, of the input's shape. Anything else is a `RuleError`.
  /// - Throws: What makes the rule inapplicable; the backward pass ends with this error.
  func propagate(_ signal: Tensor, through step: Step) throws -> [Tensor]

  /// What the rule reads of the forward pass; `.values` unless it says otherwise.
  var reads: RuleReads { get }
}

extension BackwardRule {
  public var reads: RuleReads { .values }
}

/// What a backward rule reads of the forward pass, which decides what the pass saves.
public enum RuleReads: Sendable, Hashable, CaseIterable {
  /// The signal, shapes, the layer's parameters, and what the true gradient (`Step.pullback`) reads: of a ReLU its mask.
  case signal
  /// The inputs or the output of the layer (`Step.inputs`, `Step.output`) as well.
  case values
}

/// A rule written as a closure.
struct ClosureRule: BackwardRule {
  let reads: RuleReads
  let body: @Sendable (Tensor, Step) throws -> [Tensor]

  func propagate(_ signal: Tensor, through step: Step) throws -> [Tensor] { try body(signal, step) }
}

/// A backward rule, or a layer's own pullback, returned something that is no signal at the layer's inputs.
public enum RuleError: Error, Equatable, CustomStringConvertible {
  /// The number of tensors is not the number of the layer's inputs. `rule` is what the rule is for; nil for the layer's
  /// own pullback.
  case wrongCount(layer: String, rule: String?, found: Int, expected: Int)
  /// A tensor has another shape than the input, whose position is counted from 0.
  case wrongShape(layer: String, rule: String?, input: Int, found: Shape, expected: Shape)

  public var description: String {
    switch self {
    case .wrongCount(let layer, let rule, let found, let expected):
      return
        "layer \"\(layer)\", \(Self.name(rule)): found \(found) signal\(found == 1 ? "" : "s"), expected "
        + "\(expected), one for each input of the layer"
    case .wrongShape(let layer, let rule, let input, let found, let expected):
      return
        "layer \"\(layer)\", \(Self.name(rule)): found a signal of shape \(found) for input \(input + 1), "
        + "expected \(expected)"
    }
  }

  private static func name(_ rule: String?) -> String { rule.map { "rule for \($0)" } ?? "its own pullback" }
}
