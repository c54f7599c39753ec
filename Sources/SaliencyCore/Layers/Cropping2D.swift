/// A map without some rows and columns at its edges.
public struct Cropping2D: Layer {
  public var isAffine: Bool { true }

  /// How many rows and columns are cut off each side.
  public let top, bottom, left, right: Int

  /// A layer that cuts rows and columns off each side.
  public init(top: Int, bottom: Int, left: Int, right: Int) {
    precondition(min(top, bottom, left, right) >= 0, "a crop has no negative width")
    (self.top, self.bottom, self.left, self.right) = (top, bottom, left, right)
  }

  private var border: ZeroPadding2D { ZeroPadding2D(top: top, bottom: bottom, left: left, right: right) }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let map = try inputs.onlyMap()
    let (height, width) = (map.height - top - bottom, map.width - left - right)
    guard height > 0, width > 0 else {
      throw .rejected(inputs, wanted: "more than \(top + bottom) rows and \(left + right) columns")
    }
    return [height, width, map.channels]
  }

  // Cropping is the transpose of padding with zeros, so each is the other's pullback.

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let shape = inputs[0].shape
    let inner = Tensor(
      repeating: 0, shape: [shape[0], shape[1] - top - bottom, shape[2] - left - right, shape[3]])
    let step = Step(layer: border, source: .values(name: "", inputs: [inner], output: inputs[0]))
    return border.pullback(inputs[0], at: step)[0]
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] { [border([signal])] }
}
