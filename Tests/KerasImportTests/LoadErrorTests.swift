import Foundation
import HDF5
import KerasImport
import SaliencyCore
import Testing

/// Every file that cannot be loaded says which file, which layer and why.
@Suite struct LoadErrorTests {
  // MARK: Layers

  @Test func layersThatAreNotSupported() throws {
    let start = layer("InputLayer", input, name: "in")
    #expect(
      try message(of: sequential([start, layer("LSTM", "\"units\": 4", name: "lstm_1")]))
        == "FILE: layer \"lstm_1\": LSTM is not supported: layers for sequences are not; this tool explains image "
        + "classifiers")
    #expect(
      try message(of: sequential([start, layer("Lambda", "\"function\": [\"4wEAAAA=\", null]", name: "f")]))
        .hasPrefix("FILE: layer \"f\": Lambda is not supported: it holds Python code, which is never run"))
    #expect(
      try message(of: sequential([start, layer("larq>QuantConv2D", "", name: "q")]))
        == "FILE: layer \"q\": QuantConv2D is not supported: it belongs to the package larq, not to Keras, and a file "
        + "holds none of its code")
    #expect(
      try message(of: sequential([start, layer("MaxPooling3D", "", name: "p")]))
        == "FILE: layer \"p\": MaxPooling3D is not supported: a class that is not known here (near: MaxPooling1D, MaxPooling2D)"
    )
    #expect(
      try message(of: sequential([start, layer("Activation", "\"activation\": \"sigmoyd\"", name: "a")]))
        == "FILE: layer \"a\" (Activation): activation \"sigmoyd\" is not supported; did you mean \"sigmoid\"?"
    )
    #expect(
      try message(of: "{\"class_name\": \"MyModel\", \"config\": {\"units\": 3}}")
        == "FILE: its model configuration cannot be read: its class is MyModel, wanted Sequential, Model or Functional: "
        + "a subclassed model is Python code, of which a file holds only the name; rebuild it as a functional model and "
        + "save that")
  }

  // MARK: Weights

  @Test func weightsThatDoNotFit() throws {
    let dense = layer("Dense", "\"units\": 2", name: "dense", reads: "flat")
    let config = functional(
      [layer("InputLayer", input, name: "in"), layer("Flatten", "", name: "flat", reads: "in"), dense],
      outputs: ["dense"])
    #expect(
      try message(of: config)
        == "FILE: layer \"dense\": its weights are not in the file; 1 layers want weights, the file has those of 0 (none)"
    )
    #expect(
      try message(of: config, [("dense", "kernel:0", [48, 3]), ("dense", "bias:0", [2])])
        == "FILE: layer \"dense\": kernel has shape (48, 3), wanted (any, 2)")
    #expect(
      try message(of: config, [("dense", "kernel:0", [48, 2])])
        == "FILE: layer \"dense\": the file has 1 weights for it, wanted 2 (kernel, bias)")
    #expect(
      try message(of: config, [("dense", "kernel:0", [47, 2]), ("dense", "bias:0", [2])])
        == "FILE: layer \"dense\": its input has shape (48), wanted 47 in the last axis, as its kernel (47, 2) has"
    )
    #expect(
      try message(of: config, [("dense", "kernel:0", [48, 2]), ("dense", "bias:0", [2])]) == "no error")
  }

  @Test func weightsWithoutAnArchitecture() throws {
    let text = try message { path in
      try HDF5Writer.write(to: path) { file in
        try file.attribute("layer_names", ["dense"])
        try file.group("dense")
      }
    }
    #expect(
      text.hasPrefix(
        "FILE: holds weights without an architecture; give the text that `model.to_json()` printed"))
    #expect(
      try message { path in try HDF5Writer.write(to: path) { try $0.dataset("pixels", shape: [1], [1]) } }
        == "FILE: not a Keras model: found an HDF5 file of something else (it holds pixels, no model_config, layer_names "
        + "or layers); wanted a .h5 or .keras file that `model.save` has written")
  }

  // MARK: Graphs

  @Test func graphsThatMakeNoSense() throws {
    let start = layer("InputLayer", input, name: "in")
    let cycle = functional(
      [
        start, layer("Activation", "\"activation\": \"relu\"", name: "a", reads: "b"),
        layer("Activation", "\"activation\": \"relu\"", name: "b", reads: "a"),
      ], outputs: ["b"])
    #expect(
      try message(of: cycle)
        == "FILE: its model configuration cannot be read: layer \"a\" waits for \"b\", which comes after it: the graph has "
        + "a cycle, or a call that does not exist")
    let stray = functional([start, layer("Flatten", "", name: "a", reads: "nowhere")], outputs: ["a"])
    #expect(
      try message(of: stray)
        == "FILE: its model configuration cannot be read: layer \"a\" reads \"nowhere\", which does not exist"
    )
    let huge = sequential([
      start, layer("UpSampling2D", "\"size\": [4096, 4096]", name: "a"),
      layer("UpSampling2D", "\"size\": 64", name: "b"),
    ])
    #expect(
      try message(of: huge).hasPrefix(
        "FILE: layer \"b\": its input has shape (16384, 16384, 3), wanted an output of 1 to 1073741824 elements"
      ))
    #expect(
      try message(
        of: sequential([
          layer("InputLayer", "\"batch_input_shape\": [null, null, null, 3]", name: "in"),
          layer("Activation", "\"activation\": \"relu\"", name: "a"),
        ]))
        == "FILE: input \"in\" has no fixed size; give one with --input-size HEIGHTxWIDTH")
    let two = functional(
      [start, layer("Flatten", "", name: "a", reads: "in"), layer("Flatten", "", name: "b", reads: "in")],
      outputs: ["a", "b"])
    #expect(
      try message(of: two)
        == "FILE: the model has 2 outputs; name the one to explain with --output-layer: a, b")
    #expect(
      try message(of: sequential([start, start]))
        == "FILE: its model configuration cannot be read: two layers are called \"in\"")
  }

  @Test func configurationsThatAreNoJSON() throws {
    #expect(
      try message(of: "{\"class_name\": ")
        == "FILE: its model configuration cannot be read: it is no JSON: it ends too early at byte 15")
    let deep = String(repeating: "[", count: 100_000)
    #expect(
      try message(of: deep)
        == "FILE: its model configuration cannot be read: it is no JSON: it nests more than 400 deep at byte 400"
    )
    #expect(try message(of: "{}").hasSuffix("it has no class_name and config"))
  }

  // MARK: Archives and other files

  @Test func archives() throws {
    #expect(
      try message(archive: [("config.json", "{}"), ("../../etc/passwd", "x")])
        == "FILE: not a Keras model: found a zip archive with a path outside itself, \"../../etc/passwd\"; wanted a .h5 or "
        + ".keras file that `model.save` has written")
    #expect(try message(archive: [("/config.json", "{}")]).contains("a path outside itself"))
    #expect(
      try message(archive: [("readme.txt", "hello")])
        .hasPrefix(
          "FILE: not a Keras model: found a zip archive without model.weights.h5 (it holds readme.txt)"))
    #expect(
      try message(archive: [("config.json", "{}"), ("model.weights.h5", "no HDF5")])
        == "FILE/model.weights.h5: not an HDF5 file: found text")
    var damaged = archive([("config.json", "{\"a\": 1}"), ("model.weights.h5", "no HDF5")])
    damaged[45] ^= 1
    #expect(
      try message("model.keras") { try damaged.write(to: URL(fileURLWithPath: $0)) }
        .contains("config.json does not unpack to what its checksum says"))
  }

  @Test func filesThatAreSomethingElse() throws {
    func message(_ text: String) throws -> String {
      try self.message { try Data(text.utf8).write(to: URL(fileURLWithPath: $0)) }
    }
    #expect(try message("") == "FILE: not an HDF5 file: found an empty file")
    #expect(
      try message("version https://git-lfs.github.com/spec/v1\n").contains("found a Git LFS pointer"))
    #expect(
      try message("{}").contains("found an architecture without weights; give the weights as the model"))
    #expect(throws: LoadError.file(.cannotOpen(file: "/nowhere.h5", reason: "no such file"))) {
      _ = try KerasModel.load(path: "/nowhere.h5")
    }
  }

  @Test func truncatedInTheMiddle() throws {
    let dense = sequential([layer("Dense", "\"units\": 64, \"batch_input_shape\": [null, 64]", name: "dense")]
    )
    let text = try message { path in
      try write(dense, [("dense", "kernel:0", [64, 64]), ("dense", "bias:0", [64])], to: path)
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: path))
    }
    #expect(text.hasPrefix("FILE: not an HDF5 file: found a truncated HDF5 file: "))
  }

  // MARK: Inspection

  @Test func inspectionTellsWhatItCan() throws {
    let folder = NSTemporaryDirectory() + "saliency-inspect-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/model.h5"
    let config = sequential([
      layer("InputLayer", input, name: "in"), layer("Lambda", "", name: "f"),
      layer("Flatten", "", name: "flat"),
      layer("Dense", "\"units\": 2", name: "dense"),
    ])
    try write(
      config, [("dense", "kernel:0", [48, 2]), ("dense", "bias:0", [2]), ("old", "kernel:0", [1])], to: path)
    let found = try KerasModel.inspect(path: path)
    #expect(found.kerasVersion == "2.4.0")
    #expect(found.format == "full model, HDF5")
    #expect(found.inputs.map(\.name) == ["in"])
    #expect(found.inputs.first?.shape == [4, 4, 3])
    #expect(found.layers.map(\.path) == ["in", "f", "flat", "dense"])
    #expect(found.layers[3].parameterCount == 98)
    #expect(found.layers.map { $0.problem == nil } == [true, false, true, true])
    #expect(found.leftOver == ["old/kernel:0"])
    #expect(found.problems.count == 1)
    #expect(found.error?.description.contains("layer \"f\": Lambda is not supported") == true)
  }
}
