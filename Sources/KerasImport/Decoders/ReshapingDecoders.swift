import SaliencyCore

/// Layers that move, drop, repeat or add elements.
enum ReshapingDecoders {
  static let all: [LayerDecoder] = [flatten, reshape, permute, padding, cropping, upSampling]

  static let flatten = LayerDecoder(
    types: ["Flatten"],
    // With channels first, Keras brings the channels to the end before it flattens; without, it does not.
    axisOrder: LayerDecoder.byDataFormat,
    decode: { _ throws(DecodeError) in .single(Flatten()) })

  static let reshape = LayerDecoder(
    types: ["Reshape"],
    decode: { context throws(DecodeError) in
      // Keras 3's function of this name counts the batch as well.
      let whole = context.fields.integers("newshape")
      guard let target = context.fields.integers("target_shape") ?? whole.map({ Array($0.dropFirst()) }),
        target.allSatisfy({ $0 >= -1 }),
        target.count <= 16,
        product(target) != nil
      else { throw .option("its target_shape is no list of sizes") }
      return .single(Reshape(target))
    })

  /// The product of the known sizes, where it can be counted.
  private static func product(_ target: [Int]) -> Int? {
    var product = 1
    for size in target where size != -1 {
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      guard !overflow else { return nil }
      product = next
    }
    return product
  }

  static let permute = LayerDecoder(
    types: ["Permute"],
    decode: { context throws(DecodeError) in
      let order = context.fields.integers("dims") ?? []
      guard order.sorted() == Array(1...max(order.count, 1)), order.count == context.inputs.first?.rank else {
        throw .option("dims \(order) is no order of the axes of \(context.inputs)")
      }
      return .single(Permute(order.map { $0 - 1 }))
    })

  /// Borders as one number, (rows, columns), ((top, bottom), (left, right)), or Keras 1's dictionary or 4-tuple.
  private static func borders(_ json: JSON?) -> (top: Int, bottom: Int, left: Int, right: Int)? {
    guard let json else { return nil }
    if json.isObject {
      func side(_ name: String) -> Int { json[name + "_pad"]?.integer ?? 0 }
      return (side("top"), side("bottom"), side("left"), side("right"))
    }
    if let pair = LayerFields.pair(json) { return (pair.0, pair.0, pair.1, pair.1) }
    guard let values = json.array else { return nil }
    if values.count == 4 {
      let sides = values.compactMap(\.integer)
      return sides.count == 4 ? (sides[0], sides[1], sides[2], sides[3]) : nil
    }
    guard values.count == 2, let rows = LayerFields.pair(values[0]), let columns = LayerFields.pair(values[1])
    else { return nil }
    return (rows.0, rows.1, columns.0, columns.1)
  }

  private static func checkedBorders(
    _ context: DecoderContext, _ name: String
  ) throws(DecodeError) -> (top: Int, bottom: Int, left: Int, right: Int) {
    guard let sides = borders(context.fields.value(name)),
      [sides.top, sides.bottom, sides.left, sides.right].allSatisfy({ (0...4096).contains($0) })
    else { throw .option("its \(name) is not two pairs of sizes") }
    return sides
  }

  static let padding = LayerDecoder(
    types: ["ZeroPadding2D"], axisOrder: LayerDecoder.byDataFormat,
    decode: { context throws(DecodeError) in
      let sides = try checkedBorders(context, "padding")
      return .single(
        ZeroPadding2D(top: sides.top, bottom: sides.bottom, left: sides.left, right: sides.right))
    })

  static let cropping = LayerDecoder(
    types: ["Cropping2D"], axisOrder: LayerDecoder.byDataFormat,
    decode: { context throws(DecodeError) in
      let sides = try checkedBorders(context, "cropping")
      return .single(Cropping2D(top: sides.top, bottom: sides.bottom, left: sides.left, right: sides.right))
    })

  static let upSampling = LayerDecoder(
    types: ["UpSampling2D"], axisOrder: LayerDecoder.byDataFormat,
    decode: { context throws(DecodeError) in
      let size = context.fields.pair("size") ?? (2, 2)
      guard (1...4096).contains(size.0), (1...4096).contains(size.1) else {
        throw .option("a size of \(size) makes no sense")
      }
      let name = context.fields.string("interpolation") ?? "nearest"
      guard let interpolation = Interpolation(rawValue: name), interpolation != .antialiased else {
        throw .option("interpolation \"\(name)\" is not supported; wanted nearest or bilinear")
      }
      return .single(UpSampling2D(size.0, size.1, interpolation: interpolation))
    })
}
