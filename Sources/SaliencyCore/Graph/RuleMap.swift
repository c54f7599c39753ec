/// How a signal passes backwards through one layer.
public protocol BackwardRule: Sendable {
  /// What the signal at the step's output means at each of its inputs.
  func propagate(_ signal: Tensor, through step: Step) -> [Tensor]
}

/// A rule for some layers: the unit from which a `RuleMap` is built.
public struct Apply: Sendable {
  /// What the rule is for, in words: `ReLU`.
  public let subject: String
  let matches: @Sendable (Step) -> Bool
  let rule: any BackwardRule

  /// A rule for every layer of the given types.
  public init(_ rule: some BackwardRule, to types: any Layer.Type...) {
    subject = types.map { String(describing: $0) }.joined(separator: ", ")
    matches = { step in types.contains { $0 == type(of: step.layer) } }
    self.rule = rule
  }

  /// A rule, written as a closure, for every layer of the given types.
  public init(
    to types: any Layer.Type..., propagate: @escaping @Sendable (_ signal: Tensor, _ step: Step) -> [Tensor]
  ) {
    subject = types.map { String(describing: $0) }.joined(separator: ", ")
    matches = { step in types.contains { $0 == type(of: step.layer) } }
    rule = ClosureRule(body: propagate)
  }

  /// A rule for every step that satisfies a condition.
  public init(_ subject: String, _ rule: some BackwardRule, where matches: @escaping @Sendable (Step) -> Bool)
  {
    self.subject = subject
    self.matches = matches
    self.rule = rule
  }
}

/// How to read a tape backwards: the first entry that matches a step decides; where none does, the true gradient.
public struct RuleMap: Sendable {
  public let entries: [Apply]

  /// The true gradient everywhere.
  public static let gradient = RuleMap(entries: [])

  public init(entries: [Apply]) { self.entries = entries }

  public init(@RuleMapBuilder _ entries: () -> [Apply]) { self.entries = entries() }

  /// The index of the entry that decides about a step, or nil for the true gradient.
  func index(for step: Step) -> Int? { entries.firstIndex { $0.matches(step) } }
}

/// Collects the entries of a `RuleMap`.
@resultBuilder
public enum RuleMapBuilder {
  public static func buildBlock(_ entries: Apply...) -> [Apply] { entries }
}

private struct ClosureRule: BackwardRule {
  let body: @Sendable (Tensor, Step) -> [Tensor]
  func propagate(_ signal: Tensor, through step: Step) -> [Tensor] { body(signal, step) }
}
