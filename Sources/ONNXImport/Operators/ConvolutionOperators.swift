import SaliencyCore

/// Convolutions over one or two axes.
enum ConvolutionOperators {
  static let all = [
    OperatorDecoder("Conv", decode: convolution), OperatorDecoder("ConvTranspose", decode: transposed),
  ]

  private static func convolution(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let feature = try operation.feature()
    let kernel = try kernel(operation, rank: feature.axes.count)
    let groups = try groups(operation)
    let image = try builder.image(feature)
    let shape = builder.shape(image)
    guard groups > 0, kernel.sizes[0] % groups == 0, kernel.sizes[1] * groups == shape[2] else {
      throw .option(
        "found a kernel \(kernel.sizes) in \(groups) groups for \(shape[2]) channels, which do not fit")
    }
    let window = try WindowAttributes(operation, sides: Array(kernel.sizes[2...]))
    let order = [2, 3, 1, 0]
    let layer = Conv2D(
      kernel: Shape(order.map { kernel.sizes[$0] }), from: kernel.origin(transposed: order),
      bias: try operation.vector(2, count: kernel.sizes[0]),
      window: Window(
        kernel.sizes[2], kernel.sizes[3], strides: window.strides, dilation: window.dilation,
        padding: window.padding(on: (shape[0], shape[1]))),
      groups: groups)
    let node = try builder.add(layer, kernel: operation.name(1), [image])
    return [.feature(builder.fromImage(node, rank: feature.axes.count))]
  }

  private static func transposed(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let feature = try operation.feature()
    let kernel = try kernel(operation, rank: feature.axes.count)
    let groups = try groups(operation)
    let image = try builder.image(feature)
    let shape = builder.shape(image)
    guard groups > 0, kernel.sizes[0] == shape[2], kernel.sizes[0] % groups == 0 else {
      throw .option(
        "found a kernel \(kernel.sizes) in \(groups) groups for \(shape[2]) channels, which do not fit")
    }
    let window = try WindowAttributes(operation, sides: Array(kernel.sizes[2...]))
    let (padding, extra) = try window.transposedPadding(operation, on: (shape[0], shape[1]))
    let bias = try operation.vector(2, count: kernel.sizes[1] * groups)
    var parts: [NodeID] = []
    let (inputs, outputs) = (kernel.sizes[0] / groups, kernel.sizes[1])
    for group in 0..<groups {
      let whole = groups == 1
      let source =
        whole
        ? image
        : try builder.add(
          Gather(axis: -1, indices: Array((group * inputs)..<((group + 1) * inputs))), part: "input\(group)",
          [image])
      let own =
        whole
        ? kernel : try ConstantOperators.slice(kernel, axis: 0, (group * inputs)..<((group + 1) * inputs))
      let ownBias = bias.map { bias in
        whole ? bias : Tensor(shape: [outputs], scalars: (0..<outputs).map { bias[group * outputs + $0] })
      }
      let layer = Conv2DTranspose(
        kernel: own.tensor(transposed: [2, 3, 1, 0]), bias: ownBias,
        window: Window(
          kernel.sizes[2], kernel.sizes[3], strides: window.strides, dilation: window.dilation,
          padding: padding),
        outputPadding: extra)
      parts.append(
        try builder.add(
          layer, part: whole ? nil : "group\(group)", kernel: whole ? operation.name(1) : nil, [source]))
    }
    let node = groups == 1 ? parts[0] : try builder.add(Concatenate(), parts)
    return [.feature(builder.fromImage(node, rank: feature.axes.count))]
  }

  private static func groups(_ operation: Operation) throws(OperatorError) -> Int {
    let groups = try operation.integer("group") ?? 1
    guard (1...1 << 20).contains(groups) else { throw .option("attribute \"group\": found \(groups)") }
    return groups
  }

  /// The kernel with two spatial axes.
  private static func kernel(_ operation: Operation, rank: Int) throws(OperatorError) -> Constant {
    let kernel = try operation.constant(1)
    guard kernel.sizes.count == rank, rank == 3 || rank == 4, !kernel.sizes.contains(0) else {
      throw .option(
        "found a kernel of shape \(kernel.sizes), expected two spatial axes, or one; others are not supported"
      )
    }
    return rank == 4 ? kernel : kernel.reshaped([kernel.sizes[0], kernel.sizes[1], 1, kernel.sizes[2]])
  }
}

/// The attributes of a sliding window, for two spatial axes.
struct WindowAttributes {
  let sides: (Int, Int)
  let strides: (Int, Int)
  let dilation: (Int, Int)
  /// What comes before and after each axis; nil if it follows from `automatic`.
  private let pads: [Int]
  private let automatic: String
  /// Whether a last window that lies partly outside counts.
  let roundsUp: Bool

  /// - Parameter sides: The size of the window; that of attribute `kernel_shape` if nil.
  init(_ operation: Operation, sides given: [Int]? = nil, axes: Int? = nil) throws(OperatorError) {
    let shape = try operation.integers("kernel_shape")
    let isFlat = (shape ?? given)?.count == 1 || (axes == 1)
    func pair(_ values: [Int]?, _ name: String, _ standard: Int) throws(OperatorError) -> (Int, Int) {
      guard let values else { return (standard, standard) }
      guard values.count == 2 || (values.count == 1 && isFlat),
        values.allSatisfy({ (1...65536).contains($0) })
      else {
        throw .option("attribute \"\(name)\": found \(values), expected one or two sizes from 1 to 65536")
      }
      return values.count == 1 ? (1, values[0]) : (values[0], values[1])
    }
    sides = try pair(given ?? shape, "kernel_shape", 1)
    strides = try pair(try operation.integers("strides"), "strides", 1)
    dilation = try pair(try operation.integers("dilations"), "dilations", 1)
    var pads = try operation.integers("pads") ?? [0, 0, 0, 0]
    if isFlat, pads.count == 2 { pads = [0, pads[0], 0, pads[1]] }
    guard pads.count == 4, pads.allSatisfy({ (0...65536).contains($0) }) else {
      throw .option("attribute \"pads\": found \(pads), expected widths from 0 to 65536, two for each axis")
    }
    self.pads = pads
    automatic = try operation.string("auto_pad") ?? "NOTSET"
    guard ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"].contains(automatic) else {
      throw .option("attribute \"auto_pad\": found \(automatic)")
    }
    roundsUp = try operation.integer("ceil_mode") == 1
  }

  /// The margins on a map of a size: those of the attributes, or what `auto_pad` makes of it.
  func margins(on size: (Int, Int)) -> Padding.Margins {
    switch automatic {
    case "VALID": return .init(top: 0, bottom: 0, left: 0, right: 0)
    case "SAME_UPPER", "SAME_LOWER":
      let (top, bottom) = Self.same(
        size.0, sides.0, strides.0, dilation.0, isUpper: automatic == "SAME_UPPER")
      let (left, right) = Self.same(
        size.1, sides.1, strides.1, dilation.1, isUpper: automatic == "SAME_UPPER")
      return .init(top: top, bottom: bottom, left: left, right: right)
    default: return .init(top: pads[0], bottom: pads[2], left: pads[1], right: pads[3])
    }
  }

  private static func same(
    _ size: Int, _ side: Int, _ stride: Int, _ dilation: Int, isUpper: Bool
  ) -> (Int, Int) {
    let count = (size + stride - 1) / stride
    let total = max((count - 1) * stride + (side - 1) * dilation + 1 - size, 0)
    return isUpper ? (total / 2, total - total / 2) : (total - total / 2, total / 2)
  }

  /// The padding of a convolution.
  func padding(on size: (Int, Int)) -> Padding { Self.padding(margins(on: size)) }

  static func padding(_ margins: Padding.Margins) -> Padding {
    let isNone = margins.top + margins.bottom + margins.left + margins.right == 0
    return isNone ? .valid : .explicit(margins)
  }

  /// The padding and the output padding of a transposed convolution.
  func transposedPadding(
    _ operation: Operation, on size: (Int, Int)
  ) throws(OperatorError) -> (Padding, (Int, Int)) {
    var extra = try operation.integers("output_padding") ?? [0, 0]
    if extra.count == 1 { extra = [0, extra[0]] }
    guard extra.count == 2, extra.allSatisfy({ (0...65536).contains($0) }) else {
      throw .option("attribute \"output_padding\": found \(extra)")
    }
    var wanted = try operation.integers("output_shape")
    if wanted?.count == 1, let length = wanted?.first { wanted = [1, length] }
    if automatic.hasPrefix("SAME"), wanted == nil { wanted = [size.0 * strides.0, size.1 * strides.1] }
    guard let wanted else { return (.explicit(margins(on: size)), (extra[0], extra[1])) }
    guard wanted.count == 2 else { throw .option("attribute \"output_shape\": found \(wanted)") }
    let upper = automatic == "SAME_UPPER"
    func split(_ size: Int, _ side: Int, _ stride: Int, _ dilation: Int, _ extra: Int, _ output: Int) -> (
      Int, Int
    ) {
      let total = max((size - 1) * stride + (side - 1) * dilation + 1 + extra - output, 0)
      return upper ? (total / 2, total - total / 2) : (total - total / 2, total / 2)
    }
    let (top, bottom) = split(size.0, sides.0, strides.0, dilation.0, extra[0], wanted[0])
    let (left, right) = split(size.1, sides.1, strides.1, dilation.1, extra[1], wanted[1])
    // An output that is larger than all windows together ends with rows that none reaches.
    func missing(_ size: Int, _ side: Int, _ stride: Int, _ dilation: Int, _ output: Int) -> Int {
      max(output - ((size - 1) * stride + (side - 1) * dilation + 1), 0)
    }
    let rows = max(extra[0], missing(size.0, sides.0, strides.0, dilation.0, wanted[0]))
    let columns = max(extra[1], missing(size.1, sides.1, strides.1, dilation.1, wanted[1]))
    return (.explicit(.init(top: top, bottom: bottom, left: left, right: right)), (rows, columns))
  }
}
