internal import Support

/// A map brought to a fixed size, as Keras' `Resizing` does inside a model.
public struct Resizing: Layer {
  public var isAffine: Bool { true }

  /// The height of the output.
  public let height: Int
  /// The width of the output.
  public let width: Int
  /// How values between pixels are computed.
  public let interpolation: Interpolation

  /// A layer that resizes maps to a size.
  public init(height: Int, width: Int, interpolation: Interpolation = .bilinear) {
    precondition(height > 0 && width > 0, "a size of \(height) x \(width)")
    self.height = height
    self.width = width
    self.interpolation = interpolation
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let map = try inputs.onlyMap()
    guard map.height > 0, map.width > 0 else { throw .rejected(inputs, wanted: "a map that is not empty") }
    return [height, width, map.channels]
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    Resize.apply(interpolation, to: inputs[0], size: (height, width))
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let shape = step.inputShapes[0]
    return [Resize.pullback(interpolation, of: signal, size: (shape[1], shape[2]))]
  }
}

/// Upsampling by whole factors, as Keras' `UpSampling2D`.
public struct UpSampling2D: Layer {
  public var isAffine: Bool { true }

  /// The factor of the height.
  public let rows: Int
  /// The factor of the width.
  public let columns: Int
  /// How values between pixels are computed.
  public let interpolation: Interpolation

  public init(_ rows: Int, _ columns: Int, interpolation: Interpolation = .nearest) {
    precondition(rows > 0 && columns > 0, "factors of \(rows) and \(columns)")
    self.rows = rows
    self.columns = columns
    self.interpolation = interpolation
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let map = try inputs.onlyMap()
    guard map.height > 0, map.width > 0 else { throw .rejected(inputs, wanted: "a map that is not empty") }
    return [map.height * rows, map.width * columns, map.channels]
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let shape = inputs[0].shape
    return Resize.apply(interpolation, to: inputs[0], size: (shape[1] * rows, shape[2] * columns))
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let shape = step.inputShapes[0]
    return [Resize.pullback(interpolation, of: signal, size: (shape[1], shape[2]))]
  }
}
