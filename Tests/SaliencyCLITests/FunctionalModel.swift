import HDF5
import SaliencyCore

/// A functional Keras 2 file, layer by layer, with seeded weights: networks that `Workbench.writeModel` does not make.
struct FunctionalModel {
  private var layers: [String] = []
  private var weights: [(layer: String, name: String, values: Tensor)] = []
  private var inputs: [String] = []

  /// Adds an input, in the order in which the model has them.
  mutating func input(_ name: String, _ shape: [Int]) {
    inputs.append(name)
    let sizes = (["null"] + shape.map(String.init)).joined(separator: ", ")
    layers.append(Self.layer("InputLayer", name, "\"batch_input_shape\": [\(sizes)]", reads: []))
  }

  /// Adds a layer without weights; `fields` are the rest of its configuration as JSON.
  mutating func add(_ type: String, _ name: String, _ fields: String = "", reads: String...) {
    layers.append(Self.layer(type, name, fields, reads: reads))
  }

  /// Adds a convolution with `same` padding.
  mutating func convolution(
    _ name: String, size: Int = 3, from channels: Int, to filters: Int, activation: String = "relu",
    reads: String
  ) {
    layers.append(
      Self.layer(
        "Conv2D", name,
        "\"filters\": \(filters), \"kernel_size\": [\(size), \(size)], \"strides\": [1, 1], \"padding\": \"same\", "
          + "\"activation\": \"\(activation)\", \"use_bias\": true", reads: [reads]))
    addWeights(name, kernel: [size, size, channels, filters], bias: nil)
  }

  /// Adds a dense layer; its bias is 0.1 times the index unless given.
  mutating func dense(
    _ name: String, from inputs: Int, to units: Int, activation: String, bias: [Float]? = nil, reads: String
  ) {
    layers.append(
      Self.layer(
        "Dense", name, "\"units\": \(units), \"activation\": \"\(activation)\", \"use_bias\": true",
        reads: [reads]))
    addWeights(name, kernel: [inputs, units], bias: bias)
  }

  private mutating func addWeights(_ name: String, kernel: Shape, bias: [Float]?) {
    let units = kernel.dimensions.last ?? 1
    let spread = 1 / Float(kernel.count / units).squareRoot()
    let values = CounterRandom(seed: 11, path: UInt64(weights.count)).normal(shape: kernel) * spread
    weights.append((name, "kernel:0", values))
    let offsets = bias ?? (0..<units).map { Float($0) * 0.1 }
    weights.append((name, "bias:0", Tensor(shape: [units], scalars: offsets)))
  }

  private static func layer(_ type: String, _ name: String, _ fields: String, reads: [String]) -> String {
    let calls = reads.map { "[\"\($0)\", 0, 0, {}]" }.joined(separator: ", ")
    return
      "{\"class_name\": \"\(type)\", \"name\": \"\(name)\", \"config\": {\"name\": \"\(name)\""
      + "\(fields.isEmpty ? "" : ", ")\(fields)}, \"inbound_nodes\": [\(reads.isEmpty ? "" : "[\(calls)]")]}"
  }

  /// Writes the file of a model whose output is a layer.
  func write(output: String, to path: String) throws {
    let inputs = inputs.map { "[\"\($0)\", 0, 0]" }.joined(separator: ", ")
    let config =
      "{\"class_name\": \"Functional\", \"config\": {\"name\": \"functional\", \"layers\": "
      + "[\(layers.joined(separator: ", "))], \"input_layers\": [\(inputs)], \"output_layers\": [[\"\(output)\", 0, 0]]}}"
    try HDF5Writer.write(to: path) { file in
      try file.attribute("model_config", config)
      try file.attribute("keras_version", "2.4.0")
      try file.group("model_weights")
      let names = weights.map(\.layer).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
      try file.attribute("layer_names", names, of: "model_weights")
      for name in names {
        let own = weights.filter { $0.layer == name }
        for weight in own {
          try file.dataset(
            "model_weights/\(name)/\(name)/\(weight.name)", shape: weight.values.shape.dimensions,
            weight.values.scalars)
        }
        try file.attribute("weight_names", own.map { "\(name)/\($0.name)" }, of: "model_weights/\(name)")
      }
    }
  }
}

extension FunctionalModel {
  /// Convolution, global average pooling, one dense layer.
  static func pooled(
    activation: String, units: Int, inner: String = "relu", bias: [Float]? = nil
  ) -> FunctionalModel {
    var model = FunctionalModel()
    model.input("image", [12, 12, 3])
    model.convolution("conv", from: 3, to: 4, activation: inner, reads: "image")
    model.add("GlobalAveragePooling2D", "gap", reads: "conv")
    model.dense("value", from: 4, to: units, activation: activation, bias: bias, reads: "gap")
    return model
  }

  /// A network without a ReLU and without global average pooling.
  static func smooth() -> FunctionalModel {
    var model = FunctionalModel()
    model.input("image", [12, 12, 3])
    model.convolution("conv", from: 3, to: 2, activation: "tanh", reads: "image")
    model.add("Flatten", "flat", reads: "conv")
    model.dense("classes", from: 288, to: 3, activation: "softmax", reads: "flat")
    return model
  }

  /// A map of class scores, as for segmentation.
  static func segmenting() -> FunctionalModel {
    var model = FunctionalModel()
    model.input("image", [12, 12, 3])
    model.convolution("seg", from: 3, to: 2, activation: "softmax", reads: "image")
    return model
  }

  /// Squeeze and excitation before the head: convolutions of one position, and a default layer that is no convolution.
  static func excited() -> FunctionalModel {
    var model = FunctionalModel()
    model.input("image", [12, 12, 3])
    model.convolution("conv", from: 3, to: 4, reads: "image")
    model.add("GlobalAveragePooling2D", "squeeze", reads: "conv")
    model.add("Reshape", "place", "\"target_shape\": [1, 1, 4]", reads: "squeeze")
    model.convolution("reduce", size: 1, from: 4, to: 2, reads: "place")
    model.convolution("expand", size: 1, from: 2, to: 4, activation: "sigmoid", reads: "reduce")
    model.add("Multiply", "excite", reads: "conv", "expand")
    model.add("GlobalAveragePooling2D", "gap", reads: "excite")
    model.dense("classes", from: 4, to: 3, activation: "softmax", reads: "gap")
    return model
  }

  /// Two images and a number.
  static func threeInputs() -> FunctionalModel {
    var model = FunctionalModel()
    for name in ["left", "right"] { model.input(name, [12, 12, 3]) }
    model.input("age", [1])
    model.add("Subtract", "difference", reads: "left", "right")
    model.convolution("conv", from: 3, to: 4, reads: "difference")
    model.add("GlobalAveragePooling2D", "gap", reads: "conv")
    model.add("Concatenate", "both", "\"axis\": -1", reads: "gap", "age")
    model.dense("classes", from: 5, to: 3, activation: "softmax", reads: "both")
    return model
  }
}
