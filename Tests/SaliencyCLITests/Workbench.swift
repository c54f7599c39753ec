import Foundation
import HDF5
import Imaging
import SaliencyCore

/// A folder of small things to run commands on, removed with its holder: two Keras files, pictures, labels.
final class Workbench: Sendable {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory.appendingPathComponent("saliency-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try writeModel(named: "gap.h5", headType: "GlobalAveragePooling2D")
    try writeModel(named: "vgg.h5", headType: "Flatten")
    try write("circle\nsquare\nstar\n", to: "labels.txt")
    try picture(named: "photo.png", width: 20, height: 16)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file here.
  subscript(name: String) -> String { path + "/" + name }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    try text.write(toFile: self[name], atomically: true, encoding: .utf8)
    return self[name]
  }

  /// A picture with a bright disc on a slope of colour.
  @discardableResult
  func picture(named name: String, width: Int, height: Int) throws -> String {
    let image = Image(width: width, height: height) { row, column in
      let (y, x) = (row - height / 3, column - width / 3)
      return x * x + y * y < 20 ? RGB(250, 240, 90) : RGB(UInt8(row * 7 % 256), UInt8(column * 5 % 256), 60)
    }
    try FileManager.default.createDirectory(
      atPath: (self[name] as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try image.writePNG(to: self[name])
    return self[name]
  }

  /// Writes a model with the outputs `first` and `second`.
  func writeTwoOutputs(named name: String) throws {
    func layer(_ type: String, _ name: String, _ fields: String, reads: String? = nil) -> String {
      "{\"class_name\": \"\(type)\", \"name\": \"\(name)\", \"config\": {\"name\": \"\(name)\"\(fields)}, "
        + "\"inbound_nodes\": [\(reads.map { "[[\"\($0)\", 0, 0, {}]]" } ?? "")]}"
    }
    let layers = [
      layer("InputLayer", "image", ", \"batch_input_shape\": [null, 12, 12, 3]"),
      layer("GlobalAveragePooling2D", "first", "", reads: "image"),
      layer("GlobalMaxPooling2D", "second", "", reads: "image"),
    ]
    try HDF5Writer.write(to: self[name]) { file in
      try file.attribute("keras_version", "2.4.0")
      try file.attribute(
        "model_config",
        "{\"class_name\": \"Functional\", \"config\": {\"name\": \"two\", \"layers\": [\(layers.joined(separator: ", "))], "
          + "\"input_layers\": [[\"image\", 0, 0]], \"output_layers\": [[\"first\", 0, 0], [\"second\", 0, 0]]}}"
      )
      try file.group("model_weights")
    }
  }

  /// What is in the folder, sorted.
  func contents(of folder: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: self[folder]).sorted()
  }

  /// Writes a Keras 2 file: convolution with ReLU, then a layer named `head`, then dense with softmax over 3 classes.
  ///
  /// - Parameters:
  ///   - size: The height and width of its input as JSON: `null, null` for any.
  ///   - channels: The channels of its input.
  ///   - rescaling: The scale of a Rescaling layer at its beginning.
  func writeModel(
    named name: String, headType: String, size: String = "12, 12", channels: Int = 3, rescaling: Double? = nil
  ) throws {
    let first = rescaling.map {
      "{\"class_name\": \"Rescaling\", \"config\": {\"name\": \"rescaling\", \"batch_input_shape\": [null, \(size), \(channels)], "
        + "\"scale\": \($0), \"offset\": 0.0}},"
    }
    let config = """
      {"class_name": "Sequential", "config": {"name": "tiny", "layers": [
        \(first ?? "")
        {"class_name": "Conv2D", "config": {"name": "conv", "batch_input_shape": [null, \(size), \(channels)], "filters": 4,
          "kernel_size": [3, 3], "strides": [1, 1], "padding": "same", "activation": "relu", "use_bias": true}},
        {"class_name": "\(headType)", "config": {"name": "head"}},
        {"class_name": "Dense", "config": {"name": "predictions", "units": 3, "activation": "softmax",
          "use_bias": true}}]}}
      """
    let features = headType == "Flatten" ? 12 * 12 * 4 : 4
    try HDF5Writer.write(to: self[name]) { file in
      try file.attribute("model_config", config)
      try file.attribute("keras_version", "2.4.0")
      try file.attribute("backend", "tensorflow")
      try Self.add("conv", kernel: [3, 3, channels, 4], bias: 4, in: file)
      try file.group("model_weights/head")
      try file.attribute("weight_names", [String](), of: "model_weights/head")
      try Self.add("predictions", kernel: [features, 3], bias: 3, in: file)
      try file.attribute("layer_names", ["conv", "head", "predictions"], of: "model_weights")
    }
  }

  private static func add(
    _ layer: String, kernel: [Int], bias: Int, in file: borrowing HDF5Writer
  ) throws {
    let group = "model_weights/\(layer)"
    let shape = Shape(kernel)
    let spread = 1 / Float(shape.count / (kernel.last ?? 1)).squareRoot()
    let values = CounterRandom(seed: 7, path: UInt64(layer.utf8.count)).normal(shape: shape) * spread
    try file.dataset("\(group)/\(layer)/kernel:0", shape: kernel, values.scalars)
    try file.dataset("\(group)/\(layer)/bias:0", shape: [bias], (0..<bias).map { Float($0) * 0.1 })
    try file.attribute("weight_names", ["\(layer)/kernel:0", "\(layer)/bias:0"], of: group)
  }
}
