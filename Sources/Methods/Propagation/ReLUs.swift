internal import SaliencyCore

extension Model {
  /// Why a rule for ReLUs cannot be applied, or nil where there is one on the way to the score.
  func lacksReLU(for method: String) -> String? {
    let reached = graph.ancestors(of: [score])
    let nonlinear = graph.nodes.compactMap { node -> (any Layer)? in
      guard reached[node.id.index], let layer = node.layer, !layer.isAffine else { return nil }
      return layer
    }
    if nonlinear.contains(where: { $0 is ReLU }) { return nil }
    let kinds = Dictionary(grouping: nonlinear, by: \.kind).map { "\($1.count) \($0)" }.sorted()
    return "\(method) changes how ReLUs are passed and \(name) has none (nonlinear layers: "
      + "\(kinds.isEmpty ? "none" : kinds.joined(separator: ", "))); use `gradient`"
  }
}
