/// How a window slides over a map along one axis.
public enum Padding: Sendable, Hashable {
  /// The window stays inside the map.
  case valid
  /// The output has ceil(size / stride) positions; what is missing is split evenly, the odd one at the end, as
  /// TensorFlow pads.
  case same
  /// Rows and columns around the map, as PyTorch and ONNX pad.
  case explicit(Margins)

  /// Rows and columns that are added on each side of a map.
  public struct Margins: Sendable, Hashable {
    /// How many there are on each side.
    public var top, bottom, left, right: Int

    /// Margins of these widths, none negative.
    public init(top: Int, bottom: Int, left: Int, right: Int) {
      precondition(min(top, bottom, left, right) >= 0, "a margin has no negative width")
      (self.top, self.bottom, self.left, self.right) = (top, bottom, left, right)
    }
  }

  /// What is added before and after a map along each axis; nil if it depends on the map's size.
  fileprivate func margins(vertical: Bool) -> (before: Int, after: Int)? {
    switch self {
    case .valid: (0, 0)
    case .same: nil
    case .explicit(let margins): vertical ? (margins.top, margins.bottom) : (margins.left, margins.right)
    }
  }
}

/// The sliding window of a convolution or a pooling layer.
public struct Window: Sendable, Hashable {
  /// The size of the window.
  public var height, width: Int
  /// The step from one position of the window to the next.
  public var strideY, strideX: Int
  /// The step from one element of the window to the next.
  public var dilationY, dilationX: Int
  /// Whether the map is padded.
  public var padding: Padding

  /// A window of a size; strides and dilation are given as (rows, columns).
  public init(
    _ height: Int, _ width: Int, strides: (Int, Int) = (1, 1), dilation: (Int, Int) = (1, 1),
    padding: Padding = .valid
  ) {
    precondition(
      min(height, width, strides.0, strides.1, dilation.0, dilation.1) > 0, "a window's sizes are positive")
    self.height = height
    self.width = width
    (strideY, strideX) = strides
    (dilationY, dilationX) = dilation
    self.padding = padding
  }

  /// The window placed on a map of a certain size.
  public struct Placement: Sendable, Hashable {
    /// The sizes of input and output, and the padding before the first row and column.
    public let inputHeight, inputWidth, outputHeight, outputWidth, top, left: Int
  }

  /// The positions of the window on a map; nil if it does not fit once.
  public func placed(onHeight height: Int, width: Int) -> Placement? {
    let (rows, top) = Self.positions(
      height, self.height, strideY, dilationY, padding.margins(vertical: true))
    let (columns, left) = Self.positions(
      width, self.width, strideX, dilationX, padding.margins(vertical: false))
    guard rows > 0, columns > 0 else { return nil }
    return Placement(
      inputHeight: height, inputWidth: width, outputHeight: rows, outputWidth: columns, top: top, left: left)
  }

  private static func positions(
    _ size: Int, _ window: Int, _ stride: Int, _ dilation: Int, _ margins: (before: Int, after: Int)?
  ) -> (count: Int, before: Int) {
    let reach = (window - 1) * dilation + 1
    guard let margins else {
      let count = (size + stride - 1) / stride
      return (count, max((count - 1) * stride + reach - size, 0) / 2)
    }
    let padded = size + margins.before + margins.after
    return (padded < reach ? 0 : (padded - reach) / stride + 1, margins.before)
  }

  /// The placement on the only input of a layer, for `outputShape(for:)`: the check when a node is added.
  ///
  /// - Throws: `GraphError.badInputs` if the input is no map or the window does not fit.
  func placed(on inputs: [Shape]) throws(GraphError) -> Placement {
    let map = try inputs.onlyMap()
    guard let placement = placed(onHeight: map.height, width: map.width) else {
      let (reachY, reachX) = ((height - 1) * dilationY + 1, (width - 1) * dilationX + 1)
      throw .rejected(inputs, wanted: "a map of at least the window's size, \(reachY) x \(reachX)")
    }
    return placement
  }

  /// The placement of a pooling window, each of whose positions covers a part of the map.
  ///
  /// - Throws: `GraphError.badInputs` as `placed(on:)`, or if a margin is as wide as the window.
  func placedForPooling(on inputs: [Shape]) throws(GraphError) -> Placement {
    let place = try placed(on: inputs)
    guard place.top < height, place.left < width,
      (place.outputHeight - 1) * strideY - place.top < place.inputHeight,
      (place.outputWidth - 1) * strideX - place.left < place.inputWidth
    else { throw .rejected(inputs, wanted: "margins narrower than its window of \(height) x \(width)") }
    return place
  }

  /// The placement on the maps of a batch, `[N, H, W, C]`.
  ///
  /// - Precondition: The window fits, which was checked when the node was added.
  func placement(on batch: Shape) -> Placement {
    guard let placement = placed(onHeight: batch[1], width: batch[2]) else {
      preconditionFailure("a window that does not fit \(batch), which the graph should have rejected")
    }
    return placement
  }

  /// Calls `body` for each output position and each window position that lies on the map, in row-major order.
  @inline(__always)
  func forEachTap(
    _ place: Placement, _ body: (_ output: Int, _ tap: Int, _ input: Int) -> Void
  ) {
    for oy in 0..<place.outputHeight {
      for ox in 0..<place.outputWidth {
        let output = oy * place.outputWidth + ox
        for ky in 0..<height {
          let y = oy * strideY - place.top + ky * dilationY
          guard y >= 0, y < place.inputHeight else { continue }
          for kx in 0..<width {
            let x = ox * strideX - place.left + kx * dilationX
            guard x >= 0, x < place.inputWidth else { continue }
            body(output, ky * width + kx, y * place.inputWidth + x)
          }
        }
      }
    }
  }
}
