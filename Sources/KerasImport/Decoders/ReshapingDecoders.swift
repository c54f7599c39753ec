import HDF5
import SaliencyCore
internal import Support

/// Layers that move, drop, repeat or add elements.
enum ReshapingDecoders {
  static let all: [LayerDecoder] = [flatten, reshape, permute, padding, cropping, upSampling]

  static let flatten = LayerDecoder(
    types: ["Flatten"],
    // With channels first, Keras brings the channels to the end before it flattens; without, it does not.
    axisOrder: LayerDecoder.byDataFormat,
    decode: { _ throws(DecodeError) in .single(Flatten()) })

  private static let largest = 1 << 30

  static let reshape = LayerDecoder(
    types: ["Reshape"],
    decode: { context throws(DecodeError) in
      // Keras 3's function of this name counts the batch as well.
      let whole = try context.fields.integers("newshape", in: -1...largest)
      let target = try context.fields.integers("target_shape", in: -1...largest)
      guard let target = target ?? whole.map({ Array($0.dropFirst()) }), target.count <= 16,
        elementCount(of: target.filter { $0 != -1 }, limit: largest) != nil
      else { throw .option("its target_shape is missing or too large") }
      return .single(Reshape(target))
    })

  static let permute = LayerDecoder(
    types: ["Permute"],
    decode: { context throws(DecodeError) in
      let order = try context.fields.integers("dims", in: LayerFields.Limit.axis) ?? []
      guard order.sorted() == Array(1...max(order.count, 1)), order.count == context.inputs.first?.rank else {
        throw .option("dims \(order) is no order of the axes of \(context.inputs)")
      }
      return .single(Permute(order.map { $0 - 1 }))
    })

  private static func borders(_ context: DecoderContext, _ name: String) throws(DecodeError) -> Borders {
    guard let borders = try context.fields.borders(name) else { throw .option("its \(name) is missing") }
    return borders
  }

  static let padding = LayerDecoder(
    types: ["ZeroPadding2D"], axisOrder: LayerDecoder.byDataFormat,
    decode: { context throws(DecodeError) in
      let sides = try borders(context, "padding")
      return .single(
        ZeroPadding2D(top: sides.top, bottom: sides.bottom, left: sides.left, right: sides.right))
    })

  static let cropping = LayerDecoder(
    types: ["Cropping2D"], axisOrder: LayerDecoder.byDataFormat,
    decode: { context throws(DecodeError) in
      let sides = try borders(context, "cropping")
      return .single(Cropping2D(top: sides.top, bottom: sides.bottom, left: sides.left, right: sides.right))
    })

  static let upSampling = LayerDecoder(
    types: ["UpSampling2D"], limits: "nearest and bilinear", axisOrder: LayerDecoder.byDataFormat,
    decode: { context throws(DecodeError) in
      let size = try context.fields.pair("size", in: LayerFields.Limit.factor) ?? (2, 2)
      let name = try context.fields.string("interpolation") ?? "nearest"
      guard let interpolation = Interpolation(rawValue: name), interpolation != .antialiased else {
        throw .option("interpolation \"\(name)\" is not supported; expected nearest or bilinear")
      }
      return .single(UpSampling2D(size.0, size.1, interpolation: interpolation))
    })
}
