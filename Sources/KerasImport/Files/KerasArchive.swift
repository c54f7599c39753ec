import HDF5

/// An open model file: its configuration, and where in it the weights are.
struct KerasArchive: ~Copyable {
  /// How weights are found.
  enum Layout: Equatable {
    /// Groups of layers with `weight_names`, below a path.
    case legacy(root: String)
    /// `layers/<class>/vars/<n>`.
    case keras3
  }

  let path: String
  var reader: HDF5Reader
  let layout: Layout
  let configuration: JSON
  let model: ModelConfig
  let dialect: Dialect
  /// What `keras_version` says, where it is there.
  let kerasVersion: String?
}

extension KerasArchive {
  /// Opens a file by its content, whatever its name.
  static func open(_ path: String, architecture: Architecture?) throws(LoadError) -> KerasArchive {
    let file = try opened(path)
    switch file.content {
    case .hdf5: break
    case .zip: return try zip(path, architecture: architecture)
    case .json:
      throw .notAModel(
        file: path,
        found: "an architecture without weights; give the weights as the model and this as --architecture")
    case .truncatedHDF5, .mangledHDF5, .empty: throw .file(.notHDF5(file: path, found: file.content))
    default: throw .notAModel(file: path, found: file.content.description)
    }
    let reader: HDF5Reader
    do { reader = try HDF5Reader(file) } catch { throw .file(error) }
    let own = reader.index.string("model_config")
    let version = reader.index.string("keras_version")
    let backend = reader.index.string("backend")
    let layout = try layout(of: reader.index, hasConfiguration: own != nil, path: path)
    let json: JSON
    if let architecture {
      json = try configuration(of: architecture)
    } else if let own {
      json = try parse(Array(own.utf8), of: path)
    } else {
      throw .architectureNeeded(file: path)
    }
    return try KerasArchive(
      path: path, reader: reader, layout: layout, json: json, version: version, backend: backend)
  }

  private init(
    path: String, reader: consuming HDF5Reader, layout: Layout, json: JSON, version: String?, backend: String?
  ) throws(LoadError) {
    let model = try Self.decode(json, path: path)
    let version = version ?? json["keras_version"]?.string
    var dialect = Dialect(major: Self.major(version: version, json: json, model: model, layout: layout))
    let backend = backend ?? json["backend"]?.string
    // Keras 1 on TensorFlow wrote ":0" behind the names of its weights, on Theano it did not.
    dialect.isTheano =
      backend == "theano" || (backend == nil && dialect.major == 1 && Self.hasBareNames(reader.index, layout))
    self.path = path
    self.reader = reader
    self.layout = layout
    self.configuration = json
    self.model = model
    self.dialect = dialect
    self.kerasVersion = version
  }

  static func opened(_ path: String) throws(LoadError) -> OpenFile {
    do { return try OpenFile(path: path) } catch { throw .file(error) }
  }

  private static func zip(_ path: String, architecture: Architecture?) throws(LoadError) -> KerasArchive {
    let archive = try ZipArchive(path: path)
    let own = try archive.bytes(of: "config.json", limit: largestConfiguration)
    let metadata = try archive.bytes(of: "metadata.json", limit: 1 << 20).flatMap { try? JSON.parse($0) }
    guard let file = try archive.file(of: "model.weights.h5") else {
      throw .notAModel(file: path, found: foundInstead(in: archive.names))
    }
    let json: JSON
    if let architecture {
      json = try configuration(of: architecture)
    } else if let own {
      json = try parse(own, of: "\(path)/config.json")
    } else {
      throw .architectureNeeded(file: path)
    }
    let reader: HDF5Reader
    do { reader = try HDF5Reader(file) } catch { throw .file(error) }
    return try KerasArchive(
      path: path, reader: reader, layout: .keras3, json: json,
      version: metadata?["keras_version"]?.string ?? "3", backend: nil)
  }

  /// What an archive is that holds no weights where a `.keras` file has them.
  private static func foundInstead(in names: [String]) -> String {
    if names.contains(where: { $0.hasSuffix("/data.pkl") || $0 == "data.pkl" }) {
      return "a PyTorch file, whose pickle is never loaded"
    }
    let list = names.prefix(5).joined(separator: ", ")
    let model = names.first { $0.hasSuffix(".h5") || $0.hasSuffix(".keras") || $0.hasSuffix(".hdf5") }
    return "a zip archive without model.weights.h5 (it holds \(list.isEmpty ? "nothing" : list))"
      + (model.map { "; unpack it and give \($0)" } ?? "")
  }

  private static func layout(
    of index: HDF5Index, hasConfiguration: Bool, path: String
  ) throws(LoadError) -> Layout {
    if index.hasGroup("model_weights") { return .legacy(root: "model_weights") }
    if index.strings("layer_names") != nil { return .legacy(root: "") }
    if Keras3Weights.containers.contains(where: { index.hasGroup($0) }) { return .keras3 }
    if hasConfiguration { return .legacy(root: "model_weights") }
    if index.number("nb_layers") != nil, index.hasGroup("layer_0") {
      throw .notAModel(
        file: path,
        found: "weights of Keras 0 (groups layer_0, layer_1, ...), which no Keras since 2016 reads")
    }
    let names = (index.groups() + index.datasets()).prefix(5).joined(separator: ", ")
    throw .notAModel(
      file: path,
      found:
        "an HDF5 file of something else (it holds \(names.isEmpty ? "nothing" : names), no model_config, "
        + "layer_names or layers)")
  }

  private static func major(version: String?, json: JSON, model: ModelConfig, layout: Layout) -> Int {
    if let major = version?.split(separator: ".").first.flatMap({ Int($0) }) { return min(max(major, 1), 3) }
    let leaves = model.leaves()
    let isKeras1 = leaves.contains { _, layer in
      ["nb_filter", "border_mode", "output_dim", "dim_ordering", "subsample"].contains {
        layer.fields.json[$0] != nil
      }
    }
    if isKeras1 { return 1 }
    return layout == .keras3 || json["registered_name"] != nil || json["module"] != nil ? 3 : 2
  }

  private static func hasBareNames(_ index: HDF5Index, _ layout: Layout) -> Bool {
    guard case .legacy(let root) = layout else { return false }
    let names = LegacyWeights.groups(index, root: root).flatMap(\.weights)
    return !names.isEmpty && names.allSatisfy { !$0.hasSuffix(":0") }
  }
}
