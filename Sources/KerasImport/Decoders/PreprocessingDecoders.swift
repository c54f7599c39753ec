import SaliencyCore

/// Preprocessing inside a model, and everything that does nothing at inference.
enum PreprocessingDecoders {
  static let all: [LayerDecoder] = [rescaling, resizing, centerCrop] + identities

  /// The identity at inference: regularisation, noise, augmentation.
  private static let identities: [LayerDecoder] = [
    "Dropout", "SpatialDropout2D", "SpatialDropout1D", "GaussianDropout", "GaussianNoise", "AlphaDropout",
    "ActivityRegularization", "Identity", "StochasticDepth", "FixedDropout", "RandomFlip", "RandomRotation",
    "RandomZoom",
    "RandomContrast", "RandomBrightness", "RandomTranslation", "RandomHeight", "RandomWidth", "RandomShear",
    "RandomSaturation", "RandomHue", "RandomColorJitter", "RandomColorDegeneration", "RandomGrayscale",
    "RandomSharpness", "RandomPosterization", "RandomErasing", "RandomGaussianBlur", "RandomInvert",
    "RandomPerspective",
    "RandomElasticTransform", "RandAugment", "AugMix", "MixUp", "CutMix",
  ].map { type in
    LayerDecoder(
      types: [type], axisOrder: LayerDecoder.indifferent,
      decode: { context throws(DecodeError) in
        // Stochastic depth as a merge of two branches is keras.applications' own, with one input.
        guard context.inputs.count == 1 else { throw .option("\(context.inputs.count) inputs, wanted one") }
        return .single(Identity())
      })
  }

  static let rescaling = LayerDecoder(
    types: ["Rescaling"],
    decode: { context throws(DecodeError) in
      let scale = context.fields.floats("scale") ?? [1]
      let offset = context.fields.floats("offset") ?? [0]
      let channels = context.inputs.first?.dimensions.last ?? 1
      guard [scale.count, offset.count].allSatisfy({ $0 == 1 || $0 == channels }) else {
        throw .option("\(scale.count) scales and \(offset.count) offsets for \(channels) channels")
      }
      return .single(Rescaling(scale: scale, offset: offset))
    })

  static let resizing = LayerDecoder(
    types: ["Resizing"], axisOrder: LayerDecoder.byDataFormat,
    decode: { context throws(DecodeError) in
      guard let height = context.fields.integer("height"), let width = context.fields.integer("width"),
        (1...16384).contains(height), (1...16384).contains(width)
      else { throw .option("its height and width make no sense") }
      let name = context.fields.string("interpolation") ?? "bilinear"
      guard let interpolation = Interpolation(rawValue: name), interpolation != .antialiased else {
        throw .option("interpolation \"\(name)\" is not supported; wanted bilinear or nearest")
      }
      guard context.fields.bool("pad_to_aspect_ratio") != true else {
        throw .option("pad_to_aspect_ratio is not supported")
      }
      let antialias = interpolation == .bilinear && context.fields.bool("antialias") == true
      let resizing = Resizing(
        height: height, width: width, interpolation: antialias ? .antialiased : interpolation)
      guard context.fields.bool("crop_to_aspect_ratio") == true, let input = context.inputs.first,
        input.rank == 3
      else {
        return .single(resizing)
      }
      return [
        DecodedNode("cropped", middle(of: input, proportions: (height, width)), .allInputs),
        DecodedNode("resized", resizing, .previous),
      ]
    })

  /// The largest crop from the middle with the proportions of a size, as Keras rounds it.
  private static func middle(of input: Shape, proportions size: (height: Int, width: Int)) -> Cropping2D {
    let height = max(min(input[0], input[1] * size.height / size.width), 1)
    let width = max(min(input[1], input[0] * size.width / size.height), 1)
    let (top, left) = ((input[0] - height) / 2, (input[1] - width) / 2)
    return Cropping2D(
      top: top, bottom: input[0] - height - top, left: left, right: input[1] - width - left)
  }

  /// A crop from the middle, for inputs at least as large.
  static let centerCrop = LayerDecoder(
    types: ["CenterCrop"], axisOrder: LayerDecoder.byDataFormat,
    decode: { context throws(DecodeError) in
      guard let height = context.fields.integer("height"), let width = context.fields.integer("width"),
        let input = context.inputs.first, input.rank == 3, height > 0, width > 0, input[0] >= height,
        input[1] >= width
      else { throw .option("wanted an input at least as large as the crop") }
      let (top, left) = ((input[0] - height) / 2, (input[1] - width) / 2)
      return .single(
        Cropping2D(top: top, bottom: input[0] - height - top, left: left, right: input[1] - width - left))
    })
}
