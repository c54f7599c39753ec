/// A fixed scale and offset, one for all elements or one for each channel: x * scale + offset.
public struct Rescaling: Layer {
  public var isAffine: Bool { true }

  /// One factor, or one for each channel.
  public let scale: [Float]
  /// One offset, or one for each channel.
  public let offset: [Float]

  /// A layer that computes x * scale + offset.
  public init(scale: [Float], offset: [Float]) {
    precondition(!scale.isEmpty && !offset.isEmpty, "a scale and an offset")
    precondition(
      scale.count == 1 || offset.count == 1 || scale.count == offset.count, "one pair for each channel")
    self.scale = scale
    self.offset = offset
  }

  private func spread(_ values: [Float], _ channels: Int) -> [Float] {
    values.count == 1 ? [Float](repeating: values[0], count: channels) : values
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    let shape = try inputs.only()
    let wanted = max(scale.count, offset.count)
    guard wanted == 1 || shape.dimensions.last == wanted else {
      throw .rejected(inputs, wanted: "\(wanted) in the last axis, as it has scales")
    }
    return shape
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let input = inputs[0]
    if scale.count == 1, offset.count == 1 {
      let (scale, offset) = (self.scale[0], self.offset[0])
      return input.map { $0 * scale + offset }
    }
    return input.scaled(
      channelwise: spread(scale, input.channels), shift: spread(offset, input.channels))
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    [scale.count == 1 ? signal * scale[0] : signal.scaled(channelwise: scale, shift: nil)]
  }
}
