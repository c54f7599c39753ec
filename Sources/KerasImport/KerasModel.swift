import HDF5
public import SaliencyCore

/// Models saved by Keras 1, 2, tf.keras and 3, whatever the file is called.
public enum KerasModel {
  /// Loads a model: the content decides the format, never the suffix.
  ///
  /// A layer's output has the layer's name, activation included; what comes before a fused activation is `NAME.linear`.
  /// Layers of nested models are `outer/inner`, further uses of a shared layer `NAME@2`, `NAME@3`, ...
  ///
  ///     let model = try KerasModel.load(path: "model.h5")
  ///
  /// - Parameters:
  ///   - path: A full model (`.h5`, `.keras`), or weights (`.h5`, `.weights.h5`) for `architecture`.
  ///   - architecture: For weights that come without one; it also overrides the file's own.
  ///   - inputSize: For models that take images of any size. It overrides the size that `architecture` has; another size than
  ///     a full model's own is an error.
  ///   - output: The layer to explain, for a model with several outputs or for an inner one; the last by default.
  /// - Throws: `LoadError`, naming file, layer and reason.
  public static func load(
    path: String, architecture: Architecture? = nil, inputSize: (height: Int, width: Int)? = nil,
    output: String? = nil
  ) throws(LoadError) -> Model {
    var archive = try KerasArchive.open(path, architecture: architecture)
    // What cannot be built is said first: its weights may well be odd too, and reading a gigabyte takes time.
    if let problem = archive.firstObjection() { throw problem }
    let plan = try archive.weightPlan()
    let inputs = try archive.model.modelInputs(plan, archive.dialect, file: path)
    if architecture == nil, let inputSize { try inputs.requireSize(inputSize, file: path) }
    let tensors = try plan.read(from: &archive.reader)
    var builder = GraphBuilder(file: path, dialect: archive.dialect, weights: tensors)
    var values: [GraphBuilder.Value] = []
    for input in inputs {
      values.append(
        try builder.addInput(
          named: input.name, shape: try input.resolved(to: inputSize, file: path),
          isChannelsFirst: input.isChannelsFirst))
    }
    let outputs = try builder.add(archive.model, to: values, path: "", key: "")
    return try model(archive.model.name, builder.graph, values, outputs, output: output, file: path)
  }

  /// An architecture with random weights: as large and as slow as the real network, for timing.
  ///
  /// Kernels are normal with He's variance, 2 / fan-in, so that numbers keep their size through any depth; factors are 1,
  /// offsets 0. The same seed gives the same weights.
  ///
  /// - Parameters:
  ///   - architecture: What `model.to_json()` printed.
  ///   - inputSize: For models that take images of any size.
  ///   - seed: Which random weights.
  /// - Throws: `LoadError`.
  public static func random(
    _ architecture: Architecture, inputSize: (height: Int, width: Int)? = nil, seed: UInt64 = 0
  ) throws(LoadError) -> Model {
    let (file, config) = try KerasArchive.model(of: architecture)
    let dialect = Dialect(major: 3)
    var builder = GraphBuilder(file: file, dialect: dialect, weights: [:])
    builder.random = RandomWeights(seed: seed)
    var values: [GraphBuilder.Value] = []
    for input in try config.modelInputs(WeightPlan(), dialect, file: file) {
      values.append(
        try builder.addInput(
          named: input.name, shape: try input.resolved(to: inputSize, file: file),
          isChannelsFirst: input.isChannelsFirst))
    }
    let outputs = try builder.add(config, to: values, path: "", key: "")
    return try model(config.name, builder.graph, values, outputs, output: nil, file: file)
  }

  private static func model(
    _ name: String, _ graph: Graph, _ inputs: [GraphBuilder.Value], _ outputs: [GraphBuilder.Value],
    output: String?, file: String
  ) throws(LoadError) -> Model {
    guard let input = inputs.first(where: { graph[$0.id].shape.rank == 3 }) ?? inputs.first,
      let last = outputs.last
    else { throw .badConfiguration(file: file, reason: "it has no inputs or no outputs") }
    guard last.id != input.id else { throw .badConfiguration(file: file, reason: "it has no layers") }
    guard let output else {
      guard outputs.count == 1 else {
        throw .severalOutputs(file: file, outputs: outputs.map { graph[$0.id].name })
      }
      return Model(name: name, graph: graph, input: input.id, output: last.id)
    }
    do {
      return Model(name: name, graph: graph, input: input.id, output: try graph.find(output))
    } catch {
      throw .graph(file: file, error)
    }
  }
}

extension KerasArchive {
  /// Where the weights of each layer are.
  func weightPlan() throws(LoadError) -> WeightPlan {
    try WeightPlan.make(for: model, in: reader.index, layout: layout, dialect: dialect, file: path)
  }

  /// The first layer that cannot be loaded, as an error.
  func firstObjection() -> LoadError? {
    for (layerPath, layer) in model.leaves() where layer.type != "InputLayer" {
      if let objection = LayerTable.objection(to: layer) {
        return LoadError(objection, in: layer, at: layerPath, file: path)
      }
    }
    return nil
  }
}
