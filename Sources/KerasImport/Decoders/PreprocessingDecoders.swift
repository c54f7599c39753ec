import SaliencyCore
internal import Support

/// Preprocessing inside a model, and everything that does nothing at inference.
enum PreprocessingDecoders {
  static let all: [LayerDecoder] = [rescaling, resizing, centerCrop, randomCrop] + identities

  /// The identity at inference: regularisation, noise, augmentation.
  static let identities: [LayerDecoder] = [
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
      differsInTraining: { fields throws(DecodeError) in
        let rate = try fields.float("rate", "p", "stddev", "sigma", "drop_connect_rate")
        return rate != 0 && type != "Identity" && type != "ActivityRegularization"
      },
      decode: { context throws(DecodeError) in
        // Stochastic depth as a merge of two branches is keras.applications' own, with one input.
        guard context.inputs.count == 1 else {
          throw .option("found \(context.inputs.count) inputs, expected one")
        }
        return .single(Identity())
      })
  }

  static let rescaling = LayerDecoder(
    types: ["Rescaling"],
    decode: { context throws(DecodeError) in
      let scale = try context.fields.floats("scale") ?? [1]
      let offset = try context.fields.floats("offset") ?? [0]
      let channels = context.inputs.first?.dimensions.last ?? 1
      guard [scale.count, offset.count].allSatisfy({ $0 == 1 || $0 == channels }) else {
        throw .option("\(scale.count) scales and \(offset.count) offsets for \(channels) channels")
      }
      return .single(Rescaling(scale: scale, offset: offset))
    })

  /// Height and width, which both have to be there.
  private static func size(_ context: DecoderContext) throws(DecodeError) -> (height: Int, width: Int) {
    guard let height = try context.fields.integer("height", in: LayerFields.Limit.side),
      let width = try context.fields.integer("width", in: LayerFields.Limit.side)
    else { throw .option("its height or width is missing") }
    return (height, width)
  }

  static let resizing = LayerDecoder(
    types: ["Resizing"], limits: "nearest and bilinear, no `pad_to_aspect_ratio`",
    axisOrder: LayerDecoder.byDataFormat,
    decode: { context throws(DecodeError) in
      let (height, width) = try size(context)
      let name = try context.fields.string("interpolation") ?? "bilinear"
      guard let interpolation = Interpolation(rawValue: name), interpolation != .antialiased else {
        throw .option("interpolation \"\(name)\" is not supported; expected bilinear or nearest")
      }
      guard try context.fields.bool("pad_to_aspect_ratio") != true else {
        throw .option("pad_to_aspect_ratio is not supported")
      }
      let antialias = try context.fields.bool("antialias") == true && interpolation == .bilinear
      let resizing = Resizing(
        height: height, width: width, interpolation: antialias ? .antialiased : interpolation)
      guard try context.fields.bool("crop_to_aspect_ratio") == true, let input = context.inputs.first,
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
    return middle(of: input, height: height, width: width)
  }

  private static func middle(of input: Shape, height: Int, width: Int) -> Cropping2D {
    let (top, left) = ((input[0] - height) / 2, (input[1] - width) / 2)
    return Cropping2D(
      top: top, bottom: input[0] - height - top, left: left, right: input[1] - width - left)
  }

  /// A crop from the middle, for inputs at least as large.
  static let centerCrop = LayerDecoder(
    types: ["CenterCrop"], limits: "of inputs at least as large as the crop",
    axisOrder: LayerDecoder.byDataFormat,
    decode: { context throws(DecodeError) in
      let (height, width) = try size(context)
      guard let input = context.inputs.first, input.rank == 3, input[0] >= height, input[1] >= width else {
        throw .option("found inputs of shape \(context.inputs), expected at least \(height) x \(width)")
      }
      return .single(middle(of: input, height: height, width: width))
    })

  /// At inference nothing in Keras 3; before, the largest crop of the same proportions, resized.
  static let randomCrop = LayerDecoder(
    types: ["RandomCrop"], axisOrder: LayerDecoder.byDataFormat,
    differsInTraining: { _ in true },
    decode: { context throws(DecodeError) in
      let (height, width) = try size(context)
      guard context.dialect.major < 3 else { return .single(Identity()) }
      guard let input = context.inputs.first, input.rank == 3 else {
        throw .option("found inputs of shape \(context.inputs), expected (height, width, channels)")
      }
      return [
        DecodedNode("cropped", middle(of: input, proportions: (height, width)), .allInputs),
        DecodedNode("resized", Resizing(height: height, width: width), .previous),
      ]
    })
}
