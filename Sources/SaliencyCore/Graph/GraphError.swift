internal import Support

/// An error in building a graph, or in a request to it.
public enum GraphError: Error, Equatable, CustomStringConvertible {
  /// A layer cannot take inputs of these shapes. `layer` is empty until the graph fills it in.
  case badInputs(layer: String, found: [Shape], wanted: String)
  /// Two nodes of one name.
  case duplicateName(String)
  /// A node is to apply the layer of another node, whose layer is of another type.
  case notShared(String, kind: String, with: String, otherKind: String)
  /// A name that no node has.
  case unknownNode(String, known: [String])
  /// The end of several nodes' names.
  case severalNodes(String, found: [String])
  /// A tensor of the wrong shape was fed to an input.
  case badFeed(input: String, found: Shape, wanted: Shape)
  /// The wrong number of tensors was fed.
  case badFeedCount(found: Int, wanted: [String])
  /// A backward rule matched no layer between the score and the targets of the pass.
  case ruleMatchedNothing(rule: String, nonlinearities: [String: Int])

  /// The error of a layer that cannot take its inputs; the graph adds the layer's name.
  public static func rejected(_ found: [Shape], wanted: String) -> GraphError {
    .badInputs(layer: "", found: found, wanted: wanted)
  }

  func named(_ name: String) -> GraphError {
    if case .badInputs("", let found, let wanted) = self {
      return .badInputs(layer: name, found: found, wanted: wanted)
    }
    return self
  }

  public var description: String {
    switch self {
    case .badInputs(let layer, let found, let wanted):
      let shapes = found.map(\.description).joined(separator: ", ")
      return "layer \"\(layer)\": its input has shape \(shapes.isEmpty ? "(none)" : shapes), wanted \(wanted)"
    case .duplicateName(let name):
      return "layer \"\(name)\": two layers have this name; names must be unique"
    case .notShared(let name, let kind, let other, let otherKind):
      return
        "layer \"\(name)\": found \(kind), expected \(otherKind), the layer of \"\(other)\" that it shares"
    case .unknownNode(let name, let known):
      return "no layer is called \"\(name)\"" + suggestion(for: name, among: known)
        + "; `saliency inspect` lists the layers"
    case .severalNodes(let name, let found):
      let listed = found.prefix(4).map { "\"\($0)\"" }.joined(separator: ", ")
      return
        "\(found.count) layers end with \"\(name)\": \(listed)\(found.count > 4 ? ", ..." : ""); give more of the name"
    case .badFeed(let input, let found, let wanted):
      return "input \"\(input)\": found a tensor of shape \(found), wanted (batch, "
        + wanted.description.dropFirst()
    case .badFeedCount(let found, let wanted):
      return "\(found) input tensors were given, wanted \(wanted.count): \(wanted.joined(separator: ", "))"
    case .ruleMatchedNothing(let rule, let nonlinearities):
      let present = nonlinearities.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
      return
        "the rule for \(rule) matched no layer between the score and the target of the pass (nonlinear layers there: "
        + "\(present.isEmpty ? "none" : present.joined(separator: ", "))), so the result would be the plain gradient; use `gradient`"
    }
  }
}

extension [Shape] {
  /// The only shape in the list.
  ///
  /// - Throws: `GraphError.badInputs` if there is not exactly one.
  public func only() throws(GraphError) -> Shape {
    guard count == 1, let shape = first else { throw .rejected(self, wanted: "exactly one input") }
    return shape
  }

  /// Height, width, and channels of the only shape in the list.
  ///
  /// - Throws: `GraphError.badInputs` if there is not exactly one, or it has not three axes.
  public func onlyMap() throws(GraphError) -> (height: Int, width: Int, channels: Int) {
    let shape = try only()
    guard shape.rank == 3 else { throw .rejected(self, wanted: "(height, width, channels)") }
    return (shape[0], shape[1], shape[2])
  }
}
