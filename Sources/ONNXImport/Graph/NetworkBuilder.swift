import SaliencyCore

/// Turns the nodes of an ONNX graph into a graph of layers, one after the other.
struct NetworkBuilder {
  /// Elements of one sample of one node beyond which a shape is a mistake: 4 GiB.
  static let mostElements = 1 << 30

  /// The version of the standard operator set.
  let opset: Int
  private(set) var graph = Graph()
  /// What each name of ONNX's graph is.
  var values: [String: Value] = [:]
  /// How many nodes read each name, and which one does, if it is the only one.
  let readers: [String: [NodeMessage]]
  /// The constants that the file holds: its weights.
  var weights: Set<String> = []
  /// The outputs of ONNX's graph.
  var outputs: Set<String> = []
  /// Conditions that no image meets.
  var neverTrue: Set<String> = []
  /// Outputs of nodes that an earlier node has computed as well.
  var absorbed: Set<String> = []
  /// Elements of constants that may still be computed.
  var constantBudget: Int
  /// The name of the node that is being built.
  private var label = ""
  private var nameCounts: [String: Int] = [:]
  private var arrangements: [Arrangement: NodeID] = [:]
  /// The first layer of each kernel, by its name in the file: further uses share it.
  private var firstUses: [String: NodeID] = [:]

  /// A node with its axes in another order.
  private struct Arrangement: Hashable {
    let node: NodeID
    let order: [Int]
    let parts: [Int]
    let shape: [Int]
  }

  init(opset: Int, readers: [String: [NodeMessage]] = [:], constantBudget: Int = 1 << 24) {
    self.opset = opset
    self.readers = readers
    self.constantBudget = constantBudget
  }

  // MARK: Nodes

  /// Begins a node of ONNX's graph: layers are named after it.
  mutating func begin(_ label: String) { self.label = label }

  mutating func addInput(named name: String, shape: Shape) throws(GraphError) -> NodeID {
    try graph.addInput(named: name, shape: shape)
  }

  /// Adds a layer.
  ///
  /// - Parameters:
  ///   - part: What follows the node's name, for all but its last layer.
  ///   - kernel: The name of its kernel in the file, by which layers are shared.
  mutating func add(
    _ layer: any Layer, part: String? = nil, kernel: String? = nil, _ inputs: [NodeID]
  ) throws(OperatorError) -> NodeID {
    if let parametric = layer as? any ParametricLayer { try charge(parametric.parameterCount) }
    if let gather = layer as? Gather { try charge(gather.indices.count) }
    let name = unique(part.map { "\(label).\($0)" } ?? label)
    let key = kernel.map { "\(layer.kind) \($0)" }
    let first = key.flatMap { firstUses[$0] }
    do {
      let id = try graph.add(
        layer, named: name, layerName: first == nil ? label : nil, sharing: first, inputs: inputs)
      if let key, first == nil { firstUses[key] = id }
      try check(id)
      return id
    } catch let error as GraphError {
      throw .graph(error)
    } catch let error as OperatorError {
      throw error
    } catch { throw .option("\(error)") }
  }

  private func check(_ id: NodeID) throws(OperatorError) {
    let sizes = graph[id].shape.dimensions
    guard checkedCount(sizes, limit: Self.mostElements) != nil, !sizes.contains(0) else {
      throw .option("found an output of shape \(sizes), expected 1 to \(Self.mostElements) elements")
    }
  }

  /// The name, or, where a node has it already, the name and a number.
  private mutating func unique(_ name: String) -> String {
    var result = name
    while graph.node(named: result) != nil {
      let count = (nameCounts[name] ?? 1) + 1
      nameCounts[name] = count
      result = "\(name)@\(count)"
    }
    return result
  }

  /// Counts elements of constants that are computed or held, so that a small file cannot take much memory or time.
  ///
  /// - Throws: `OperatorError.option` if there are more than a file of this size needs.
  mutating func charge(_ count: Int) throws(OperatorError) {
    constantBudget -= min(count, constantBudget + 1)
    if constantBudget < 0 { throw .option("found more computed constants than a file of this size needs") }
  }

  func shape(_ id: NodeID) -> Shape { graph[id].shape }

  /// Whether any of these values is read by a node or is an output.
  func reads(_ names: some Sequence<String>) -> Bool {
    names.contains { !$0.isEmpty && (readers[$0] != nil || outputs.contains($0)) }
  }

  // MARK: The order of axes

  /// The node that holds a feature's parts in groups: its axes are the products of the groups, in order.
  mutating func arranged(_ feature: Feature, _ groups: [[Int]]) throws(OperatorError) -> NodeID {
    let order = groups.flatMap { $0 }
    precondition(order.sorted() == Array(feature.parts.indices), "\(groups) are not all parts")
    let wanted = groups.map(feature.size)
    let isInOrder = order == Array(order.indices)
    if isInOrder, shape(feature.node).dimensions == wanted { return feature.node }
    let key = Arrangement(
      node: feature.node, order: isInOrder ? [] : order, parts: isInOrder ? [] : feature.parts, shape: wanted)
    if let known = arrangements[key] { return known }
    var node = feature.node
    if !isInOrder {
      let runs = runs(of: order)
      node = try reshaped(node, runs.sizes(feature), part: "split")
      node = try add(Permute(runs.order), part: "permuted", [node])
    }
    node = try reshaped(node, wanted, part: "reshaped")
    arrangements[key] = node
    return node
  }

  private mutating func reshaped(_ node: NodeID, _ sizes: [Int], part: String) throws(OperatorError) -> NodeID
  {
    if shape(node).dimensions == sizes { return node }
    return try add(sizes.count == 1 ? Flatten() : Reshape(sizes), part: part, [node])
  }

  /// Parts that stay neighbours are moved as one.
  private func runs(of order: [Int]) -> Runs {
    var runs: [[Int]] = []
    for part in order {
      if let last = runs.last?.last, last + 1 == part {
        runs[runs.count - 1].append(part)
      } else {
        runs.append([part])
      }
    }
    return Runs(runs: runs)
  }

  private struct Runs {
    let runs: [[Int]]

    private var inOrder: [[Int]] { runs.sorted { $0[0] < $1[0] } }
    func sizes(_ feature: Feature) -> [Int] { inOrder.map(feature.size) }
    var order: [Int] { runs.map { run in inOrder.firstIndex { $0[0] == run[0] } ?? 0 } }
  }

  /// The feature in ONNX's own order, each of ONNX's axes one part.
  mutating func rowMajor(_ feature: Feature) throws(OperatorError) -> Feature {
    let node = try arranged(feature, feature.axes)
    return Feature(node: node, shape: shape(node), axes: feature.axes.indices.map { [$0] })
  }

  /// The feature as an image of rows, columns and channels; of a sequence, an image of one row.
  mutating func image(_ feature: Feature) throws(OperatorError) -> NodeID {
    let axes = feature.axes
    guard axes.count == 4 || axes.count == 3, axes[0].isEmpty else {
      throw .option(
        "found an input of shape \(feature.sizes), expected (1, channels, height, width) or (1, channels, length)"
      )
    }
    return try arranged(feature, axes.count == 4 ? [axes[2], axes[3], axes[1]] : [[], axes[2], axes[1]])
  }

  /// A node of rows, columns and channels as ONNX's (1, channels, height, width), or without the height.
  func fromImage(_ node: NodeID, rank: Int) -> Feature {
    Feature(node: node, shape: shape(node), axes: rank == 4 ? [[], [2], [0], [1]] : [[], [2], [1]])
  }

  /// A node that has some of ONNX's axes, all in one, as its last.
  struct Trailing {
    let node: NodeID
    /// The other axes of the node, as lists of parts.
    let outer: [[Int]]
    /// The parts of the last axis in the node's order.
    let last: [Int]
  }

  /// The feature with the parts of some axes last.
  ///
  /// - Parameter anyOrder: Whether those parts may stay in the order that the node has.
  mutating func trailing(
    _ feature: Feature, _ axes: [Int], anyOrder: Bool = false
  ) throws(OperatorError) -> Trailing {
    let wanted = axes.flatMap { feature.axes[$0] }
    let tail = Array(feature.parts.indices.suffix(wanted.count))
    let isLast = tail == wanted || (anyOrder && tail == wanted.sorted())
    let groups = feature.groups(shape(feature.node))
    let last = isLast ? tail : wanted
    var outer = groups.map { $0.filter { !wanted.contains($0) } }
    if isLast, groups.last == tail, !outer.dropLast().allSatisfy(\.isEmpty) || outer.count == 1 {
      return Trailing(node: feature.node, outer: outer.dropLast(), last: last)
    }
    outer = outer.filter { !$0.isEmpty }
    return Trailing(node: try arranged(feature, outer + [last]), outer: outer, last: last)
  }

  /// A node that has one of ONNX's axes as an axis of its own.
  struct Isolated {
    let node: NodeID
    /// The axes of the node, as lists of parts.
    let groups: [[Int]]
    /// Which of them it is.
    let index: Int

    /// The same axis, counted from the end.
    var axis: Int { index - groups.count }
  }

  /// The feature with one axis of ONNX as one axis of the node.
  mutating func isolated(_ feature: Feature, _ axis: Int) throws(OperatorError) -> Isolated {
    let wanted = feature.axes[axis]
    let groups = feature.groups(shape(feature.node))
    let isChannels = axis == 1 && feature.axes.count == 4
    if let index = wanted.isEmpty
      ? (isChannels ? groups.indices.last { groups[$0].isEmpty && $0 == groups.count - 1 } : nil)
      : groups.firstIndex(of: wanted)
    {
      return Isolated(node: feature.node, groups: groups, index: index)
    }
    var others = groups.map { $0.filter { !wanted.contains($0) } }.filter { !$0.isEmpty }
    let later = Set(feature.axes[(axis + 1)...].flatMap { $0 })
    let position =
      isChannels && wanted.isEmpty
      ? others.count
      : others.firstIndex { group in
        wanted.isEmpty ? group.contains { later.contains($0) } : (group.first ?? 0) > wanted[0]
      } ?? others.count
    others.insert(wanted, at: position)
    return Isolated(node: try arranged(feature, others), groups: others, index: position)
  }

  /// The result of a layer that changed the size of an isolated axis.
  func resized(_ feature: Feature, _ axis: Int, _ place: Isolated, to node: NodeID) -> Feature {
    let own = feature.parts.count
    let parts = place.groups.enumerated().flatMap { index, group in
      index == place.index
        ? [(id: own, size: shape(node)[index])] : group.map { (id: $0, size: feature.parts[$0]) }
    }
    var axes = feature.axes
    axes[axis] = [own]
    return Feature(node: node, parts: parts, axes: axes)
  }

  // MARK: Several features

  /// The feature with axes of size one repeated to `sizes`, and with as many axes.
  mutating func expanded(_ feature: Feature, to sizes: [Int]) throws(OperatorError) -> Feature {
    var feature = feature
    guard sizes.count >= feature.axes.count else {
      throw .option("found \(feature.sizes) to be repeated to \(sizes)")
    }
    feature.axes = Array(repeating: [], count: sizes.count - feature.axes.count) + feature.axes
    let missing = sizes.indices.filter { feature.axes[$0].isEmpty && sizes[$0] > 1 }
    guard
      sizes.indices.allSatisfy({ feature.axes[$0].isEmpty || feature.size(feature.axes[$0]) == sizes[$0] })
    else { throw .option("found inputs of shapes \(feature.sizes) and \(sizes), which do not fit") }
    if missing.isEmpty { return feature }
    guard checkedCount(sizes, limit: Self.mostElements) != nil else {
      throw .option("found the shape \(sizes), expected at most \(Self.mostElements) elements")
    }
    let own = shape(feature.node).dimensions
    let node = try reshaped(feature.node, missing.map { _ in 1 } + own, part: "axes")
    let wide = try add(Expand(to: Shape(missing.map { sizes[$0] } + own)), part: "repeated", [node])
    let first = feature.parts.count
    let parts =
      missing.enumerated().map { (id: first + $0.offset, size: sizes[$0.element]) } + feature.numbered
    var axes = feature.axes
    for (offset, axis) in missing.enumerated() { axes[axis] = [first + offset] }
    return Feature(node: wide, parts: parts, axes: axes)
  }

  /// Two features of one rank whose axes are cut alike, where both have them.
  mutating func refined(_ a: Feature, _ b: Feature) throws(OperatorError) -> (Feature, Feature) {
    var (first, second) = (a, b)
    let both = a.axes.indices.filter { !a.axes[$0].isEmpty && !b.axes[$0].isEmpty }
    if both.allSatisfy({ Feature.refine(&first, $0, &second, $0) }) { return (first, second) }
    return (try rowMajor(a), try rowMajor(b))
  }

  /// The nodes of two features, and the layout of what a layer makes of them element by element.
  mutating func aligned(
    _ a: Feature, _ b: Feature
  ) throws(OperatorError) -> (first: NodeID, second: NodeID, layout: Feature) {
    let rank = max(a.axes.count, b.axes.count)
    var (first, second) = (a, b)
    first.axes = Array(repeating: [], count: rank - a.axes.count) + a.axes
    second.axes = Array(repeating: [], count: rank - b.axes.count) + b.axes
    let sizes = (0..<rank).map { max(first.sizes[$0], second.sizes[$0]) }
    for axis in 0..<rank where first.sizes[axis] != second.sizes[axis] {
      guard first.axes[axis].isEmpty || second.axes[axis].isEmpty else {
        throw .option("found inputs of shapes \(a.sizes) and \(b.sizes), which do not fit")
      }
    }
    let isFirstLeading = first.sizes == sizes
    if !isFirstLeading, second.sizes != sizes { first = try expanded(first, to: sizes) }
    let firstLeads = isFirstLeading || second.sizes != sizes
    (first, second) = try refined(first, second)
    let (leader, follower) = firstLeads ? (first, second) : (second, first)
    let (node, groups) = try matchable(leader, follower)
    let other = try arranged(follower, groups.map { follower.matching($0, of: leader) })
    return firstLeads ? (node, other, leader.at(node)) : (other, node, leader.at(node))
  }

  /// The leader's node with axes of which the follower has all parts or none.
  private mutating func matchable(
    _ leader: Feature, _ follower: Feature
  ) throws(OperatorError) -> (NodeID, [[Int]]) {
    let groups = leader.groups(shape(leader.node))
    let fits = groups.allSatisfy { [0, $0.count].contains(follower.matching($0, of: leader).count) }
    if fits { return (leader.node, groups) }
    let fine = leader.parts.indices.map { [$0] }
    return (try arranged(leader, fine), fine)
  }

  /// A constant with its axes as a feature's node has them, and the feature whose node they fit.
  mutating func aligned(
    _ constant: Constant, with feature: Feature
  ) throws(OperatorError) -> (tensor: Tensor, feature: Feature) {
    let rank = max(constant.sizes.count, feature.axes.count)
    let sizes = Array(repeating: 1, count: rank - constant.sizes.count) + constant.sizes
    var feature = feature
    feature.axes = Array(repeating: [], count: rank - feature.axes.count) + feature.axes
    if sizes.indices.contains(where: { sizes[$0] > 1 && feature.axes[$0].isEmpty }) {
      feature = try expanded(feature, to: sizes.indices.map { max(sizes[$0], feature.sizes[$0]) })
    }
    guard sizes.indices.allSatisfy({ sizes[$0] == 1 || sizes[$0] == feature.sizes[$0] }) else {
      throw .option("found inputs of shapes \(feature.sizes) and \(constant.sizes), which do not fit")
    }
    try charge(constant.count)
    let used = sizes.indices.flatMap { sizes[$0] > 1 ? feature.axes[$0] : [] }
    var groups = feature.groups(shape(feature.node))
    if !groups.allSatisfy({ group in [0, group.count].contains(group.count { used.contains($0) }) }) {
      groups = feature.parts.indices.map { [$0] }
      feature = feature.at(try arranged(feature, groups))
    }
    let order = used.indices.sorted { used[$0] < used[$1] }
    let tensor = constant.reshaped(used.map { feature.parts[$0] }).tensor(
      transposed: order,
      shape: Shape(groups.map { group in group.allSatisfy { used.contains($0) } ? feature.size(group) : 1 }))
    return (tensor, feature)
  }
}

extension Feature {
  /// The parts of this feature that correspond to parts of another, which is cut alike where both have an axis.
  func matching(_ list: [Int], of other: Feature) -> [Int] {
    list.compactMap { part in
      for (axis, parts) in other.axes.enumerated() {
        if let position = parts.firstIndex(of: part) {
          return position < axes[axis].count ? axes[axis][position] : nil
        }
      }
      return nil
    }
  }
}

/// The product of sizes; nil if it is above the limit.
func checkedCount(_ sizes: [Int], limit: Int) -> Int? {
  var count = 1
  for size in sizes {
    guard size >= 0 else { return nil }
    let (product, isTooLarge) = count.multipliedReportingOverflow(by: size)
    guard !isTooLarge, product <= limit else { return nil }
    count = product
  }
  return count
}
