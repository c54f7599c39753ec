import SaliencyCore
internal import Support

/// Every layer that can be loaded: one file of this folder per family.
enum LayerTable {
  static let families: [(name: String, decoders: [LayerDecoder])] = [
    ("Convolution", ConvolutionDecoders.all), ("Dense", DenseDecoders.all),
    ("Pooling", PoolingDecoders.all), ("Normalisation", NormalizationDecoders.all),
    ("Attention", AttentionDecoders.all), ("Activation", ActivationDecoder.all),
    ("Merging", MergingDecoders.all), ("Reshaping", ReshapingDecoders.all),
    ("One axis, as maps of height 1", SequenceDecoders.all), ("Preprocessing", PreprocessingDecoders.all),
    ("Operations between layers", OperationDecoders.all + FunctionDecoders.all + TensorFlowDecoders.all),
  ]

  static let all: [LayerDecoder] = families.flatMap(\.decoders)

  private static let byType: [String: LayerDecoder] = Dictionary(
    all.flatMap { decoder in decoder.types.map { ($0, decoder) } }, uniquingKeysWith: { first, _ in first })

  /// The classes that can be loaded, under their current names.
  static let supported: [String] = all.map { $0.types[0] }.sorted()

  static func decoder(for type: String) -> LayerDecoder? { byType[type] }

  /// Why a layer cannot be loaded; nil if it can.
  static func objection(to layer: LayerConfig) -> DecodeError? {
    if layer.type == "Lambda" { return .unsupported(reasonAgainstLambda(layer)) }
    if let owner = owner(of: layer) {
      return .unsupported(
        "it belongs to the package \(owner), not to Keras, and a file holds none of its code")
    }
    if layer.package == "Custom", byType[layer.type] != nil, !ofApplications.contains(layer.type) {
      return .unsupported(
        "it is somebody's own class by the name of one of Keras', and a file holds none of its code")
    }
    guard byType[layer.type] == nil else {
      do { try layer.fields.checkCommonKeys() } catch { return error }
      return objection(toOptionsOf: layer)
    }
    if sequences.contains(layer.type) {
      return .unsupported("layers for sequences are not; this tool explains image classifiers")
    }
    let near = nearest(to: layer.type, in: supported)
    return .unsupported(
      near.isEmpty
        ? "a class of Keras that is not known here, or of someone's own, of which a file holds only the name"
        : "a class that is not known here (near: \(near.joined(separator: ", ")))")
  }

  private static let sequences: Set<String> = [
    "TimeDistributed", "Bidirectional", "LSTM", "GRU", "SimpleRNN", "Embedding", "ConvLSTM2D",
  ]

  /// Why a layer that acts otherwise in training is refused there: an explanation is of one image and of no others.
  static let calledInTraining = DecodeError.option(
    "it is called with training=True, so that its output depends on the other images of a batch or on random "
      + "numbers. Call it without training=True and save the model again")

  /// Layers that keras.applications and packages of its models add to Keras'.
  private static let ofApplications: Set<String> = [
    "CustomScaleLayer", "LayerScale", "StochasticDepth", "FixedDropout",
  ]

  private static func reasonAgainstLambda(_ layer: LayerConfig) -> String {
    let arguments = layer.fields.value("arguments")
    if arguments?["i"] != nil, arguments?["parts"] != nil {
      return "it cuts batches for several GPUs (multi_gpu_model); save the model inside, which it was made of"
    }
    return
      "it holds Python code, which is never run; rebuild the model with Keras layers in its place and save that"
  }

  /// The package whose class a layer is, where that is not Keras.
  private static func owner(of layer: LayerConfig) -> String? {
    if let package = layer.package, !["Custom", "keras", "TFOpLambda"].contains(package) { return package }
    guard let module = layer.module, let root = module.split(separator: ".").first.map(String.init),
      !["keras", "tf_keras", "tensorflow", "keras_core", "tensorflow_core", "builtins"].contains(root)
    else { return nil }
    return root
  }

  /// Options that make another layer of any class.
  private static func objection(toOptionsOf layer: LayerConfig) -> DecodeError? {
    if let policy = layer.fields.value("dtype"), policy["class_name"]?.string?.hasPrefix("Quantized") == true
    {
      let mode = policy["config"]?["mode"]?.string ?? "in some way"
      return .option("it is quantized (\(mode)); save the model before it was")
    }
    if layer.type == "Merge", layer.fields.value("layers") != nil {
      return .option(
        "it joins whole models at the start of a Sequential one (Keras 1); rebuild it as a functional model")
    }
    return nil
  }
}
