import HDF5
import SaliencyCore

/// Which datasets are the weights of which layer.
struct WeightPlan {
  /// By the path of the layer, in the order of its specifications.
  var datasets: [String: [HDF5Dataset]] = [:]
  /// Weights in the file that no layer takes.
  var leftOver: [String] = []
}

/// A layer and the weights it wants, at its path.
struct WeightOwner {
  var path: String
  var layer: LayerConfig
  var specs: [WeightSpec]
}

extension ModelConfig {
  /// Every layer at any depth that has weights, in order.
  func weightOwners(_ dialect: Dialect, prefix: String, file: String) throws(LoadError) -> [WeightOwner] {
    var owners: [WeightOwner] = []
    for (path, layer) in leaves(prefix: prefix) {
      if let owner = try WeightOwner(layer, at: path, dialect, file: file) { owners.append(owner) }
    }
    return owners
  }
}

extension WeightOwner {
  /// A layer at a path with the weights it wants; nil if it wants none.
  /// - Throws: `LoadError.unsupportedOption` if the options that state their shapes are malformed.
  init?(_ layer: LayerConfig, at path: String, _ dialect: Dialect, file: String) throws(LoadError) {
    do {
      specs = try LayerTable.decoder(for: layer.type)?.weights(layer, dialect) ?? []
    } catch { throw LoadError(error, in: layer, at: path, file: file) }
    if specs.isEmpty { return nil }
    self.path = path
    self.layer = layer
  }
}

extension WeightPlan {
  /// Finds the weights of every layer.
  /// - Throws: `LoadError.missingWeights` or `.shapeMismatch`, naming the layer.
  static func make(
    for model: ModelConfig, in index: HDF5Index, layout: KerasArchive.Layout, dialect: Dialect, file: String
  ) throws(LoadError) -> WeightPlan {
    switch layout {
    case .legacy(let root):
      try LegacyWeights(index: index, root: root, dialect: dialect, file: file).plan(for: model)
    case .keras3: try Keras3Weights(index: index, dialect: dialect, file: file).plan(for: model)
    }
  }

  /// Gives a layer its datasets, after checking number and shapes.
  mutating func assign(
    _ found: [HDF5Dataset], to owner: WeightOwner, file: String
  ) throws(LoadError) {
    guard found.count == owner.specs.count else {
      throw .missingWeights(
        file: file, layer: owner.path,
        reason: "the file has \(found.count) weights for it, wanted \(owner.specs.count) "
          + "(\(owner.specs.map(\.name).joined(separator: ", ")))")
    }
    for (spec, dataset) in zip(owner.specs, found) where !spec.fits(dataset.shape) {
      throw .shapeMismatch(
        file: file, layer: owner.path, weight: spec.name, found: dataset.shape, wanted: spec.shape ?? [])
    }
    datasets[owner.path] = found
  }

  /// Reads every planned dataset, each straight into its tensor; of large files the tensors are the file, mapped.
  func read(from reader: inout HDF5Reader) throws(LoadError) -> [String: [Tensor]] {
    var tensors: [String: [Tensor]] = [:]
    for (path, datasets) in datasets.sorted(by: { $0.key < $1.key }) {
      var values: [Tensor] = []
      for dataset in datasets { values.append(try Self.tensor(dataset, from: &reader)) }
      tensors[path] = values
    }
    return tensors
  }

  private static func tensor(_ dataset: HDF5Dataset, from reader: inout HDF5Reader) throws(LoadError)
    -> Tensor
  {
    do {
      if let found = try reader.mapped(dataset) {
        return Tensor(shape: Shape(dataset.shape), borrowing: found.floats, from: found.owner)
      }
      let tensor = try Tensor(lastingIfPossible: Shape(dataset.shape)) { buffer in
        try reader.read(dataset, into: buffer)
      }
      guard let tensor else { throw reader.noMemory(for: dataset) }
      return tensor
    } catch let error as HDF5Error {
      throw .file(error)
    } catch {
      throw .notAModel(file: reader.name, found: "\(error)")
    }
  }
}
