import SaliencyCore

/// Maxima and means of windows and of whole maps.
enum PoolingOperators {
  static let all = [
    OperatorDecoder("MaxPool", decode: maximum), OperatorDecoder("AveragePool", decode: average),
    OperatorDecoder("GlobalAveragePool") { builder, operation throws(OperatorError) in
      try global(&builder, operation, GlobalAveragePool2D(keepsAxes: true))
    },
    OperatorDecoder("GlobalMaxPool") { builder, operation throws(OperatorError) in
      try global(&builder, operation, GlobalMaxPool2D(keepsAxes: true))
    },
  ]

  private static func global(
    _ builder: inout NetworkBuilder, _ operation: Operation, _ layer: any Layer
  ) throws(OperatorError) -> [Value] {
    let feature = try operation.feature()
    let node = try builder.add(layer, [try builder.image(feature)])
    return [.feature(builder.fromImage(node, rank: feature.axes.count))]
  }

  private static func maximum(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    guard operation.node.outputs.count == 1 || operation.node.outputs[1].isEmpty else {
      throw .option("found a second output, the indices of the maxima, which is not supported")
    }
    let feature = try operation.feature()
    let image = try builder.image(feature)
    let window = try WindowAttributes(operation, axes: feature.axes.count - 2)
    let margins = window.wholeMargins(on: (builder.shape(image)[0], builder.shape(image)[1]))
    let node: NodeID
    if window.dilation == (1, 1) {
      let pool = Window(
        window.sides.0, window.sides.1, strides: window.strides, padding: WindowAttributes.padding(margins))
      node = try builder.add(MaxPool2D(window: pool), [image])
    } else {
      let pool = MaxPool2D(window.sides.0, window.sides.1, strides: window.sides)
      node = try builder.add(pool, [try undilated(&builder, image, window, margins)])
    }
    return [.feature(builder.fromImage(node, rank: feature.axes.count))]
  }

  /// The rows and columns of every window with gaps side by side: the stride is then the window's size.
  private static func undilated(
    _ builder: inout NetworkBuilder, _ image: NodeID, _ window: WindowAttributes, _ margins: Padding.Margins
  ) throws(OperatorError) -> NodeID {
    var feature = Feature(node: image, shape: builder.shape(image), axes: [[0], [1], [2]])
    for (axis, width) in [(margins.top, margins.bottom), (margins.left, margins.right)].enumerated()
    where width != (0, 0) {
      feature = try builder.padded(
        feature, axis, width, mode: "constant", value: -.greatestFiniteMagnitude, part: "margin\(axis)")
    }
    let size = (feature.sizes[0], feature.sizes[1])
    let padded = try builder.arranged(feature, feature.axes)
    func positions(_ size: Int, _ side: Int, _ stride: Int, _ dilation: Int) -> [Int] {
      let reach = (side - 1) * dilation + 1
      guard size >= reach else { return [] }
      return (0...((size - reach) / stride)).flatMap { i in (0..<side).map { i * stride + $0 * dilation } }
    }
    let rows = positions(size.0, window.sides.0, window.strides.0, window.dilation.0)
    let columns = positions(size.1, window.sides.1, window.strides.1, window.dilation.1)
    guard !rows.isEmpty, !columns.isEmpty else { throw .option("found a window that is larger than the map") }
    let tall = try builder.add(Gather(axis: -3, indices: rows), part: "rows", [padded])
    return try builder.add(Gather(axis: -2, indices: columns), part: "columns", [tall])
  }

  private static func average(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let feature = try operation.feature()
    var image = try builder.image(feature)
    let window = try WindowAttributes(operation, axes: feature.axes.count - 2)
    guard window.dilation == (1, 1) else {
      throw .option("found dilations \(window.dilation), which are not supported")
    }
    let size = (builder.shape(image)[0], builder.shape(image)[1])
    var margins = window.wholeMargins(on: size)
    if try operation.integer("count_include_pad") == 1 {
      // Zeros that count are zeros of the map.
      let own = window.margins(on: size)
      if own.top + own.bottom + own.left + own.right > 0 {
        image = try builder.add(
          ZeroPadding2D(top: own.top, bottom: own.bottom, left: own.left, right: own.right), part: "padded",
          [image])
      }
      margins = .init(
        top: 0, bottom: margins.bottom - own.bottom, left: 0, right: margins.right - own.right)
    }
    let pool = Window(
      window.sides.0, window.sides.1, strides: window.strides, padding: WindowAttributes.padding(margins))
    let node = try builder.add(AveragePool2D(window: pool), [image])
    return [.feature(builder.fromImage(node, rank: feature.axes.count))]
  }
}

extension WindowAttributes {
  /// The margins with as many rows and columns after the map as its last window needs, where `ceil_mode` counts that.
  func wholeMargins(on size: (Int, Int)) -> Padding.Margins {
    var margins = margins(on: size)
    guard roundsUp else { return margins }
    margins.bottom += missing(size.0 + margins.top, margins.bottom, sides.0, strides.0, dilation.0)
    margins.right += missing(size.1 + margins.left, margins.right, sides.1, strides.1, dilation.1)
    return margins
  }

  private func missing(_ before: Int, _ after: Int, _ side: Int, _ stride: Int, _ dilation: Int) -> Int {
    let reach = (side - 1) * dilation + 1
    let room = before + after - reach
    guard room >= 0 else { return 0 }
    var count = (room + stride - 1) / stride + 1
    // A window that begins after the map and the margin before it does not count.
    if (count - 1) * stride >= before { count -= 1 }
    return max((count - 1) * stride + reach - before - after, 0)
  }
}
