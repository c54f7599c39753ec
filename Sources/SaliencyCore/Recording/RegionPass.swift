/// Forward passes of an image in which one region at a time is changed: only what the change can reach is computed.
///
/// The results have the same bits as whole passes of the changed images.
///
/// S. Nakandala, A. Kumar, Y. Papakonstantinou, "Incremental and Approximate Inference for Faster Occlusion-based Deep CNN
/// Explanations", SIGMOD 2019, doi:10.1145/3299869.3319874: the exact part.
struct RegionPass {
  private let model: Model
  private let explained: NodeID
  private let channels: Range<Int>?
  private let image: Tensor
  private let plan: RegionPlan
  /// The values for the unchanged image.
  private let base: ActivationStore
  /// Of the inputs of Winograd convolutions: a part has the bits of the whole only where no windows are equal.
  private let windows: [NodeID: WindowHashes]

  private var graph: Graph { model.graph }

  /// - Parameters:
  ///   - size: The sides of the regions.
  ///   - image: The unchanged image, `[1, H, W, C]`.
  init(
    _ model: Model, size: (rows: Int, columns: Int), image: Tensor, explained: NodeID,
    channels: Range<Int>? = nil
  ) throws(GraphError) {
    (self.model, self.explained, self.image) = (model, explained, image)
    self.channels = channels
    var plan = try RegionPlan(model, size: size, explained: explained, channels: channels)
    let base = ForwardPass(model.graph, feeds: try model.feeds(image), outputs: plan.tail.feeds).saved
    var (windows, repeated): ([NodeID: WindowHashes], Set<NodeID>) = ([:], [])
    for node in plan.nodes {
      guard let place = plan.tiledPlacement(of: node, model.graph), let map = base[node.inputs[0]]?.value
      else { continue }
      let found = WindowHashes(map, place)
      if found.hasEqual { repeated.insert(node.id) } else { windows[node.id] = found }
    }
    if !repeated.isEmpty {
      plan = try RegionPlan(
        model, size: size, explained: explained, channels: channels, excluding: repeated)
    }
    (self.plan, self.base, self.windows) = (plan, base, windows)
  }

  /// The channels of the explained node that are computed; nil for all.
  var computedChannels: Range<Int>? { plan.tail.channels }

  /// How many regions' changes go through the rest of the network at once.
  var microBatch: Int { plan.tail.microBatch }

  /// The values of the explained node for changes of the image, one for each region: those of `computedChannels`.
  ///
  /// - Parameter changes: The new values of each region, `[1, h, w, C]`.
  func values(for changes: [(region: ImageRegion, values: Tensor)]) throws(GraphError) -> [Tensor] {
    let patches = changes.map { self.patches(for: Patch(region: $0.region, values: $0.values)) }
    let known = patches.compactMap(\.self)
    var feeds = known.isEmpty ? [] : plan.tail.feeds.map { value(of: $0).repeated(known.count) }
    for (n, patches) in known.enumerated() {
      for (i, id) in plan.tail.feeds.enumerated() {
        guard let patch = patches[id.index] else { continue }
        feeds[i].write(
          patch.values, sample: n, row: patch.region.rows.lowerBound, column: patch.region.columns.lowerBound)
      }
    }
    let ends = known.isEmpty ? nil : try plan.tail.value(for: feeds)
    var results: [Tensor] = []
    var next = 0
    for (change, patches) in zip(changes, patches) {
      if patches != nil, let ends {
        results.append(ends.sample(next))
        next += 1
      } else {
        results.append(try whole(change.region, change.values))
      }
    }
    return results
  }

  /// A whole pass of the changed image.
  private func whole(_ region: ImageRegion, _ values: Tensor) throws(GraphError) -> Tensor {
    var changed = image
    changed.write(values, row: region.rows.lowerBound, column: region.columns.lowerBound)
    let tail = try Tail(of: model, from: model.input, to: explained, channels: channels)
    return try tail.value(for: tail.feeds.map { $0 == model.input ? changed : value(of: $0) })
  }

  /// The new values of a region of a map.
  private struct Patch {
    let region: ImageRegion
    let values: Tensor
  }

  private func value(of id: NodeID) -> Tensor {
    guard let value = base[id]?.value else { preconditionFailure("a plain pass saves every value") }
    return value
  }

  /// What changes of each node that is computed region by region; nil if equal windows make a whole pass necessary.
  private func patches(for change: Patch) -> [Patch?]? {
    var patches = [Patch?](repeating: nil, count: graph.nodes.count)
    patches[model.input.index] = change
    for node in plan.nodes {
      let changed = node.inputs.compactMap { patches[$0.index]?.region }
      guard let first = changed.first, let locality = plan.localities[node.id.index] else { continue }
      let region = changed.dropFirst().reduce(first) { $0.union($1) }
      guard let own = locality.moved(region, through: node, in: graph) else { continue }
      guard let values = values(of: node, locality, in: own, reading: region, patches) else { return nil }
      patches[node.id.index] = Patch(region: own, values: values)
    }
    return patches
  }

  private func values(
    of node: Node, _ locality: RegionPlan.Locality, in own: ImageRegion, reading region: ImageRegion,
    _ patches: [Patch?]
  ) -> Tensor? {
    switch locality {
    case .point:
      guard let layer = node.layer else { preconditionFailure("an input has no locality") }
      return layer(node.inputs.map { part(of: $0, region, patches) })
    case .shift: return part(of: node.inputs[0], region, patches)
    case .window(let layer):
      let whole = layer.placement(in: node, graph)
      let (rows, top) = Self.read(
        own.rows, whole.top, layer.window.height, layer.window.strideY, layer.window.dilationY,
        whole.inputHeight)
      let (columns, left) = Self.read(
        own.columns, whole.left, layer.window.width, layer.window.strideX, layer.window.dilationX,
        whole.inputWidth)
      let place = Window.Placement(
        inputHeight: rows.count, inputWidth: columns.count, outputHeight: own.rows.count,
        outputWidth: own.columns.count, top: top, left: left)
      let part = part(of: node.inputs[0], ImageRegion(rows: rows, columns: columns), patches)
      if let known = windows[node.id],
        known.hasEqual(WindowHashes(part, place), in: own, width: whole.outputWidth)
      {
        return nil
      }
      return layer.applied(to: part, place, whole: whole)
    }
  }

  /// The input positions of one axis that the windows of some outputs read, and how much padding lies before them.
  private static func read(
    _ outputs: Range<Int>, _ before: Int, _ size: Int, _ step: Int, _ dilation: Int, _ count: Int
  ) -> (Range<Int>, padding: Int) {
    let start = outputs.lowerBound * step - before
    let end = (outputs.upperBound - 1) * step - before + (size - 1) * dilation + 1
    return (max(start, 0)..<min(end, count), max(-start, 0))
  }

  /// A region of a node's value, changed where it changes.
  private func part(of id: NodeID, _ region: ImageRegion, _ patches: [Patch?]) -> Tensor {
    guard let patch = patches[id.index] else { return value(of: id).region(region) }
    if patch.region == region { return patch.values }
    var part = value(of: id).region(region)
    let rows = patch.region.rows.clamped(to: region.rows)
    let columns = patch.region.columns.clamped(to: region.columns)
    guard !rows.isEmpty, !columns.isEmpty else { return part }
    let inside = ImageRegion(rows: rows, columns: columns)
    part.write(
      patch.values.region(
        inside.shifted(rows: -patch.region.rows.lowerBound, columns: -patch.region.columns.lowerBound)),
      row: rows.lowerBound - region.rows.lowerBound, column: columns.lowerBound - region.columns.lowerBound)
    return part
  }
}

extension AttributionRequest {
  /// The score that is explained for image `n`, with one region at a time replaced by that of another image.
  ///
  /// Only what a region can change is computed; the scores have the same bits as those of whole passes. Each region counts as a
  /// forward pass.
  ///
  /// - Parameters:
  ///   - regions: Regions of the image, of about the same size.
  ///   - cover: The other image, `[1, H, W, C]`.
  /// - Throws: `GraphError` if the cover is no image of the model.
  public func scores(
    replacing regions: [ImageRegion], by cover: Tensor, explainedAs n: Int
  ) throws(GraphError) -> [Float] {
    let image = inputs.sample(n)
    guard cover.shape == image.shape else {
      throw .badFeed(input: model.graph[model.input].name, found: cover.shape, wanted: model.inputShape)
    }
    let size = (rows: regions.map(\.rows.count).max() ?? 0, columns: regions.map(\.columns.count).max() ?? 0)
    let pass = try RegionPass(
      model, size: size, image: image, explained: explained, channels: explainedChannels(n))
    var scores: [Float] = []
    for start in stride(from: 0, to: regions.count, by: pass.microBatch) {
      let chunk = regions[start..<min(start + pass.microBatch, regions.count)]
      let values = try pass.values(for: chunk.map { ($0, cover.region($0)) })
      meter.add(forward: chunk.count)
      scores += values.flatMap { explainedScores($0, of: pass.computedChannels, explainedAs: n) }
    }
    return scores
  }
}
