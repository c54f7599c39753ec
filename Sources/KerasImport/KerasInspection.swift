import HDF5
import SaliencyCore

/// What a model's file holds, as far as it can be told: also of a file that cannot be loaded.
public struct KerasInspection: Sendable, Equatable {
  /// One layer at any depth, in the order of the configuration.
  public struct Layer: Sendable, Equatable {
    /// The full path, such as `base/block1/conv`.
    public var path: String
    /// The class, such as `Conv2D`.
    public var type: String
    /// The layer's weights in the file, by shape; empty if it has none or they are missing.
    public var weights: [[Int]]
    /// Why the layer cannot be loaded; nil if it can.
    public var problem: String?

    /// The number of learned numbers.
    public var parameterCount: Int { weights.reduce(0) { $0 + $1.reduce(1, *) } }
  }

  /// An input: height, width, channels, of which nil is a size that the file leaves open.
  public struct Input: Sendable, Equatable {
    public var name: String
    /// The sizes of the axes; nil if the file leaves one open.
    public var shape: [Int?]
  }

  public var name: String
  /// Such as `full model, HDF5`.
  public var format: String
  /// What the file says of the Keras that wrote it, such as `2.4.0`.
  public var kerasVersion: String?
  /// The inputs of the model.
  public var inputs: [Input]
  /// The layers of the model.
  public var layers: [Layer]
  /// Weights in the file that no layer takes.
  public var leftOver: [String]
  /// Why the model cannot be loaded: one sentence for each layer that cannot, and for weights that do not fit.
  public var problems: [String]
  /// The error that loading ends with; nil if the model loads.
  public var error: LoadError?
}

extension KerasModel {
  /// Reads what a file holds without its weights' values; what cannot be loaded is listed, with the reason.
  ///
  /// - Throws: `LoadError` only where the file is no model at all, or damaged.
  public static func inspect(
    path: String, architecture: Architecture? = nil
  ) throws(LoadError) -> KerasInspection {
    let archive = try KerasArchive.open(path, architecture: architecture)
    var plan = WeightPlan()
    var error = archive.firstObjection()
    do { plan = try archive.weightPlan() } catch let failure { error = error ?? failure }
    var inputs: [ModelInput] = []
    do { inputs = try archive.model.modelInputs(plan, archive.dialect, file: path) } catch let failure {
      error = error ?? failure
    }
    let layers = archive.inspectedLayers(plan)
    // Options of layers, and whether layers fit together, show only when the graph is built.
    if error == nil {
      do { _ = try load(path: path, architecture: architecture) } catch let failure {
        switch failure {
        case .inputSizeNeeded, .severalOutputs: break  // requests, not defects
        default: error = failure
        }
      }
    }
    var problems = layers.compactMap { layer in layer.problem.map { "layer \"\(layer.path)\": \($0)" } }
    if let error, problems.isEmpty { problems.append("\(error)") }
    return KerasInspection(
      name: archive.model.name, format: archive.formatName, kerasVersion: archive.kerasVersion,
      inputs: inputs.map { .init(name: $0.name, shape: $0.channelsLast) },
      layers: layers, leftOver: plan.leftOver, problems: problems, error: error)
  }
}

extension KerasArchive {
  fileprivate var formatName: String {
    switch layout {
    case .legacy(let root): root.isEmpty ? "weights, HDF5" : "full model, HDF5"
    case .keras3: reader.name == path ? "weights, Keras 3 HDF5" : "full model, Keras 3 archive"
    }
  }

  fileprivate func inspectedLayers(_ plan: WeightPlan) -> [KerasInspection.Layer] {
    model.leaves().map { layerPath, layer in
      var problem: String?
      if layer.type != "InputLayer" {
        switch LayerTable.objection(to: layer).map({ LoadError($0, in: layer, at: layerPath, file: path) }) {
        case .unsupportedLayer(_, _, _, let reason)?:
          problem = "\(layer.type) is not supported\(reason.map { ": " + $0 } ?? "")"
        case .unsupportedOption(_, _, _, let option)?: problem = "\(layer.type): \(option)"
        default: break
        }
      }
      return KerasInspection.Layer(
        path: layerPath, type: layer.type, weights: plan.datasets[layerPath]?.map(\.shape) ?? [],
        problem: problem)
    }
  }
}
