/// A rule for some layers: an entry of a `RuleMap`.
public struct Apply: Sendable {
  /// What the rule is for.
  public let selector: LayerSelector
  /// The rule.
  public let rule: any BackwardRule
  /// Whether it is an error if the rule is applied to no layer.
  public private(set) var isRequired = false

  /// What the rule is for, in words: `ReLU`.
  public var subject: String { selector.description }

  /// A rule for the layers that a selector chooses.
  public init(_ rule: some BackwardRule, to selector: LayerSelector) {
    self.selector = selector
    self.rule = rule
  }

  /// A rule for every layer of exactly the given types.
  public init(_ rule: some BackwardRule, to types: any Layer.Type...) {
    self.init(rule, to: .types(types))
  }

  /// A rule for every node that satisfies a condition.
  public init(_ subject: String, _ rule: some BackwardRule, where matches: @escaping @Sendable (Node) -> Bool)
  {
    self.init(rule, to: LayerSelector(subject, where: matches))
  }

  /// A rule, written as a closure, for the layers that a selector chooses.
  ///
  /// - Parameter reads: What the closure reads; `.signal` saves memory if it looks at no activation.
  public init(
    to selector: LayerSelector, reads: RuleReads = .values,
    propagate: @escaping @Sendable (_ signal: Tensor, _ step: Step) throws -> [Tensor]
  ) {
    self.init(ClosureRule(reads: reads, body: propagate), to: selector)
  }

  /// A rule, written as a closure, for every layer of exactly the given types.
  ///
  /// - Parameter reads: What the closure reads; `.signal` saves memory if it looks at no activation.
  public init(
    to types: any Layer.Type..., reads: RuleReads = .values,
    propagate: @escaping @Sendable (_ signal: Tensor, _ step: Step) throws -> [Tensor]
  ) {
    self.init(ClosureRule(reads: reads, body: propagate), to: .types(types))
  }

  /// The same entry, which is an error if it is applied to no layer.
  public func required() -> Apply {
    var copy = self
    copy.isRequired = true
    return copy
  }
}

/// How to read a tape backwards: the first entry that selects a node decides; if none does, the true gradient.
///
/// This is what zennit calls a composite. A preset is a `RuleMap`, and entries before it take precedence:
///
///     RuleMap {
///       Apply(ZBox(low, high), to: .first)
///       if usesFlat { Apply(Flat(), to: .named("block1_*")) }
///       EpsilonPlus.rules
///     }
public struct RuleMap: Sendable {
  /// The entries, in order of precedence.
  public let entries: [Apply]

  /// The true gradient everywhere.
  public static let gradient = RuleMap(entries: [])

  /// A rule map of entries in order of precedence.
  public init(entries: [Apply]) { self.entries = entries }

  public init(@RuleMapBuilder _ entries: () throws -> [Apply]) rethrows { self.entries = try entries() }

  /// What the rules read of the forward pass: `.values` if one of them does.
  public var reads: RuleReads {
    entries.contains { $0.rule.reads == .values } ? .values : .signal
  }

  /// These rules, with others that take precedence.
  public func overridden(@RuleMapBuilder by first: () throws -> [Apply]) rethrows -> RuleMap {
    RuleMap(entries: try first() + entries)
  }
}

/// Collects the entries of a `RuleMap`: entries, whole maps, conditions, and loops.
@resultBuilder
public enum RuleMapBuilder {
  public static func buildExpression(_ entry: Apply) -> [Apply] { [entry] }
  public static func buildExpression(_ map: RuleMap) -> [Apply] { map.entries }
  public static func buildExpression(_ entries: [Apply]) -> [Apply] { entries }
  public static func buildBlock(_ parts: [Apply]...) -> [Apply] { parts.flatMap(\.self) }
  public static func buildOptional(_ part: [Apply]?) -> [Apply] { part ?? [] }
  public static func buildEither(first: [Apply]) -> [Apply] { first }
  public static func buildEither(second: [Apply]) -> [Apply] { second }
  public static func buildArray(_ parts: [[Apply]]) -> [Apply] { parts.flatMap(\.self) }
  public static func buildLimitedAvailability(_ part: [Apply]) -> [Apply] { part }
}

/// A rule map applied to a graph: which entry decides about each node of a backward pass.
struct ResolvedRules {
  let entries: [Apply]
  private let graph: Graph
  /// The rules of entries that a kernel can apply, by entry.
  private let rectifierRules: [RectifierRule?]
  /// By node; empty if the map is.
  private var decisions: [Int?] = []

  init(_ map: RuleMap, for nodes: [Node], of graph: Graph) {
    entries = map.entries
    self.graph = graph
    rectifierRules = entries.map { $0.rule as? RectifierRule }
    guard !entries.isEmpty else { return }
    let selections = entries.map { $0.selector.prepare(graph) }
    decisions = Array(repeating: nil, count: graph.nodes.count)
    for node in nodes where node.layer != nil {
      decisions[node.id.index] = selections.firstIndex { $0(node) }
    }
  }

  /// The index of the entry that decides about a node; nil for the true gradient.
  func entry(for node: Node) -> Int? { decisions.isEmpty ? nil : decisions[node.id.index] }

  /// The rule of an entry, if a kernel can apply it as it writes.
  func rectifierRule(of entry: Int) -> RectifierRule? { rectifierRules[entry] }

  /// The signals at a node's inputs, by the entry that decides or by the layer's own pullback, checked.
  func propagate(_ signal: Tensor, through step: Step, of node: Node) throws -> [Tensor] {
    let entry = entry(for: node).map { entries[$0] }
    let parts = try entry?.rule.propagate(signal, through: step) ?? step.pullback(signal)
    guard parts.count == node.inputs.count else {
      throw RuleError.wrongCount(
        layer: node.name, rule: entry?.subject, found: parts.count, expected: node.inputs.count)
    }
    for (position, part) in parts.enumerated() {
      let expected = graph[node.inputs[position]].shape.batched(signal.batchSize)
      guard part.shape == expected else {
        throw RuleError.wrongShape(
          layer: node.name, rule: entry?.subject, input: position, found: part.shape, expected: expected)
      }
    }
    return parts
  }
}
