import HDF5

/// Weights as Keras 1 and 2 keep them, and Keras 3 in `.h5`: a group for each layer, with `weight_names`.
struct LegacyWeights {
  let index: HDF5Index
  let root: String
  let dialect: Dialect
  let file: String

  /// A layer's group and the names of the datasets in it, in Keras' order.
  struct Group {
    var name: String
    var weights: [String]
  }

  static func groups(_ index: HDF5Index, root: String) -> [Group] {
    let names = index.strings("layer_names", of: root) ?? index.groups(in: root)
    return names.map { name in
      let weights = index.strings("weight_names", of: Self.path(root, name)) ?? []
      return Group(name: name, weights: weights.filter { !isRandomState($0) })
    }
  }

  /// Some versions keep the state of random layers (augmentation, dropout) among the weights, which no inference needs.
  private static func isRandomState(_ name: String) -> Bool {
    let last = name.split(separator: "/").last ?? ""
    return last.hasPrefix("StateVar") || last.hasPrefix("seed_generator_state")
  }

  private static func path(_ parts: String...) -> String {
    parts.filter { !$0.isEmpty }.joined(separator: "/")
  }

  func plan(for model: ModelConfig) throws(LoadError) -> WeightPlan {
    let groups = Self.groups(index, root: root).filter { !$0.weights.isEmpty }
    var layers: [(LayerConfig, [WeightOwner])] = []
    for layer in model.layers {
      let owners = try owners(of: layer)
      if !owners.isEmpty { layers.append((layer, owners)) }
    }
    let names = Set(groups.map(\.name))
    let byName = layers.allSatisfy { names.contains($0.0.name) }
    guard byName || groups.count == layers.count else {
      throw mismatch(layers.map(\.0.name), groups.map(\.name))
    }
    var plan = WeightPlan()
    var used = Set<String>()
    for (position, (layer, owners)) in layers.enumerated() {
      // By name first; by order, as Keras does, if the names were generated again.
      let group = byName ? groups.first { $0.name == layer.name } : groups[position]
      guard let group else { continue }
      used.insert(group.name)
      let found = try datasets(of: group, layer: layer.name)
      if layer.nested == nil, let owner = owners.first {
        try plan.assign(found, to: owner, file: file)
      } else {
        try assignNested(found, to: owners, layer: layer.name, &plan)
      }
    }
    plan.leftOver = groups.filter { !used.contains($0.name) }
      .flatMap { group in group.weights.map { Self.path(group.name, $0) } }
    return plan
  }

  private func owners(of layer: LayerConfig) throws(LoadError) -> [WeightOwner] {
    if let nested = layer.nested {
      return try nested.weightOwners(dialect, prefix: layer.name + "/", file: file)
    }
    return try WeightOwner(layer, at: layer.name, dialect, file: file).map { [$0] } ?? []
  }

  private func mismatch(_ wanted: [String], _ found: [String]) -> LoadError {
    let missing = wanted.first { !found.contains($0) } ?? ""
    let held =
      found.isEmpty ? "none" : found.prefix(6).joined(separator: ", ") + (found.count > 6 ? ", ..." : "")
    return .missingWeights(
      file: file, layer: missing,
      reason: "its weights are not in the file; \(wanted.count) layers want weights, the file has those of "
        + "\(found.count) (\(held))")
  }

  private func datasets(of group: Group, layer: String) throws(LoadError) -> [HDF5Dataset] {
    var found: [HDF5Dataset] = []
    for name in group.weights {
      let path = Self.path(root, group.name, name)
      guard let dataset = index.dataset(at: path) else {
        let reason = index.unreadable.first { $0.path == path }?.reason
        throw .missingWeights(
          file: file, layer: layer,
          reason:
            "its weight \"\(name)\" is named but \(reason.map { "cannot be read: \($0)" } ?? "not there")")
      }
      found.append(dataset)
    }
    return found
  }

  // MARK: Nested models

  /// One weight of one layer.
  private struct Slot {
    var owner: Int
    var spec: Int
  }

  /// Gives a nested model's weights, which one group holds without a word about layers, to its layers.
  private func assignNested(
    _ found: [HDF5Dataset], to owners: [WeightOwner], layer: String, _ plan: inout WeightPlan
  ) throws(LoadError) {
    let total = owners.reduce(0) { $0 + $1.specs.count }
    guard found.count == total else {
      throw .missingWeights(
        file: file, layer: layer,
        reason: "the file has \(found.count) weights for this model, its layers want \(total)")
    }
    let orders = orders(owners)
    let fitting = orders.filter { order in fits(order, owners, found) }
    let order = fitting.first { order in namesAgree(order, owners, found) } ?? fitting.first ?? orders[0]
    var taken = owners.map { [HDF5Dataset?](repeating: nil, count: $0.specs.count) }
    for (slot, dataset) in zip(order, found) { taken[slot.owner][slot.spec] = dataset }
    for (owner, datasets) in zip(owners, taken) {
      try plan.assign(datasets.compactMap(\.self), to: owner, file: file)
    }
  }

  /// The orders in which Keras versions write a nested model's weights, the likeliest first.
  private func orders(_ owners: [WeightOwner]) -> [[Slot]] {
    let all = owners.indices.flatMap { i in owners[i].specs.indices.map { Slot(owner: i, spec: $0) } }
    func split(_ isFirst: (WeightOwner, WeightSpec) -> Bool) -> [Slot] {
      let first = all.filter { isFirst(owners[$0.owner], owners[$0.owner].specs[$0.spec]) }
      return first + all.filter { !isFirst(owners[$0.owner], owners[$0.owner].specs[$0.spec]) }
    }
    return [
      split { $0.layer.isTrainable && $1.isTrainable },  // what is trained first; frozen layers stay whole
      all,  // layer by layer
      split { $1.isTrainable },  // moving means and variances last, whatever is frozen
    ]
  }

  private func fits(_ order: [Slot], _ owners: [WeightOwner], _ found: [HDF5Dataset]) -> Bool {
    zip(order, found).allSatisfy { owners[$0.owner].specs[$0.spec].fits($1.shape) }
  }

  /// Whether the last part of each dataset's name is what the weight is called.
  private func namesAgree(_ order: [Slot], _ owners: [WeightOwner], _ found: [HDF5Dataset]) -> Bool {
    zip(order, found).allSatisfy { slot, dataset in
      let name = dataset.path.split(separator: "/").last ?? ""
      let plain = name.split(separator: ":").first ?? name
      return plain.contains(owners[slot.owner].specs[slot.spec].name)
    }
  }
}
