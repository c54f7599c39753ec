import HDF5

/// Weights as Keras 3 keeps them in `.weights.h5` and `.keras`: `layers/<class>_<n>/vars/<i>`.
///
/// Groups are named by the class of the layer and how many of that class came before it, never by the layer's name:
/// a layer called `conv2d` may well be found under `conv2d_1`. Going by names gives wrong weights without a word.
struct Keras3Weights {
  /// The groups that hold a model's layers: Keras 3, and TensorFlow 2.12 to 2.15.
  static let containers = ["layers", "_layer_checkpoint_dependencies"]

  let index: HDF5Index
  let dialect: Dialect
  let file: String

  /// What has been given out so far.
  private struct Progress {
    var plan = WeightPlan()
    /// The path at which each layer was met first: the file holds the weights of a shared layer there alone.
    var first: [SharedLayer: String] = [:]
  }

  /// What layers in several places of the configuration have in common where they are one.
  private enum SharedLayer: Hashable {
    case object(Int)
    case named(String, type: String)

    init(_ layer: LayerConfig) {
      self = layer.sharedObject.map(Self.object) ?? .named(layer.name, type: layer.type)
    }
  }

  func plan(for model: ModelConfig) throws(LoadError) -> WeightPlan {
    var progress = Progress()
    do throws(LoadError) {
      try assign(model, group: "", prefix: "", byClass: true, &progress)
    } catch {
      // Files written by other means may go by name; they count only where everything fits.
      var named = Progress()
      do throws(LoadError) { try assign(model, group: "", prefix: "", byClass: false, &named) } catch _ {
        throw error
      }
      progress = named
    }
    var plan = progress.plan
    let used = Set(plan.datasets.values.joined().map(\.path))
    plan.leftOver = index.allDatasets.map(\.path).filter { path in
      let parts = path.split(separator: "/")
      return Self.containers.contains { parts.first == $0[...] } && parts.contains("vars")
        && !used.contains(path)
        && !parts.contains("seed_generator")
    }
    return plan
  }

  private func assign(
    _ model: ModelConfig, group: String, prefix: String, byClass: Bool, _ progress: inout Progress
  ) throws(LoadError) {
    let container = Self.containers.map { group + $0 }.first { index.hasGroup($0) } ?? group + "layers"
    var counts: [String: Int] = [:]
    for layer in model.layers {
      let base = Self.snakeCase(layer.type)
      let count = counts[base, default: 0]
      counts[base] = count + 1
      let name = byClass ? (count == 0 ? base : "\(base)_\(count)") : layer.name
      let path = container + "/" + name
      if let nested = layer.nested {
        try assign(nested, group: path + "/", prefix: prefix + layer.name + "/", byClass: byClass, &progress)
        continue
      }
      guard let owner = try WeightOwner(layer, at: prefix + layer.name, dialect, file: file) else { continue }
      let sharing = SharedLayer(layer)
      if !index.hasGroup(path + "/vars"), let first = progress.first[sharing] {
        try progress.plan.assign(progress.plan.datasets[first] ?? [], to: owner, file: file)
      } else {
        try progress.plan.assign(try variables(path, owner), to: owner, file: file)
        progress.first[sharing] = progress.first[sharing] ?? owner.path
      }
    }
  }

  /// The weights of a layer, those of the layers inside it in the order in which it wants them.
  private func variables(_ group: String, _ owner: WeightOwner) throws(LoadError) -> [HDF5Dataset] {
    var found: [HDF5Dataset] = []
    var seen = Set<String>()
    for inner in owner.specs.map({ $0.innerLayer ?? "" }) where seen.insert(inner).inserted {
      // tf_keras names the group by the attribute, which starts with an underscore.
      let candidates = inner.isEmpty ? [group] : ["\(group)/\(inner)", "\(group)/_\(inner)"]
      let path = candidates.first { index.hasGroup($0 + "/vars") } ?? candidates[0]
      found += try variables(of: path + "/vars", owner)
    }
    return found
  }

  private func variables(of path: String, _ owner: WeightOwner) throws(LoadError) -> [HDF5Dataset] {
    guard index.hasGroup(path) else {
      throw .missingWeights(
        file: file, layer: owner.path, reason: "its weights are not in the file (no group \(path))")
    }
    let names = index.datasets(in: path).sorted { (Int($0) ?? .max, $0) < (Int($1) ?? .max, $1) }
    return names.compactMap { index.dataset(at: path + "/" + $0) }
  }

  /// `DepthwiseConv2D` as `depthwise_conv2d`: Keras' own rule (keras.src.utils.naming.to_snake_case).
  static func snakeCase(_ name: String) -> String {
    let kept = Array(name.filter { $0.isLetter || $0.isNumber || $0 == "_" })
    var first: [Character] = []
    for (i, character) in kept.enumerated() {
      // (.)([A-Z][a-z]+): a capital followed by a small letter starts a word.
      if i > 0, character.isUppercase, i + 1 < kept.count, kept[i + 1].isLowercase { first.append("_") }
      first.append(character)
    }
    var second: [Character] = []
    for (i, character) in first.enumerated() {
      if i > 0, character.isUppercase, first[i - 1].isLowercase { second.append("_") }
      second.append(character)
    }
    return String(second).lowercased()
  }
}
