internal import SaliencyCore

extension RuleBasedMethod {
  /// Checks that the score depends on a ReLU.
  ///
  /// - Throws: `MethodError.unsuitable`, with the model's other nonlinear layers.
  static func requireReLU(in model: Model) throws(MethodError) {
    let reached = model.graph.ancestors(of: [model.score])
    let nonlinear = model.graph.nodes.compactMap { node -> (any Layer)? in
      guard reached[node.id.index], let layer = node.layer, !layer.isAffine else { return nil }
      return layer
    }
    if nonlinear.contains(where: { $0 is ReLU }) { return }
    let kinds = Dictionary(grouping: nonlinear, by: \.kind).map { "\($1.count) \($0)" }.sorted()
    throw unsuitable(
      for: model,
      "\(descriptor.title) changes how ReLUs are passed and \(model.name) has none (nonlinear layers: "
        + "\(kinds.isEmpty ? "none" : kinds.joined(separator: ", "))); use `gradient`")
  }
}
