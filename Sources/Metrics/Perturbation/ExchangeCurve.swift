public import SaliencyCore

extension Subject {
  /// The response (by default the class probability, or the output if it is a single bare number) as the pixels of one
  /// image are exchanged for those of another, the highest of the map first, in ceil(HW / step) equal steps, both ends
  /// included.
  ///
  /// - Throws: `NotApplicable` for a map without contrast.
  public func exchangeCurve(
    _ name: String, from start: Tensor, to end: Tensor, step: Int, xTitle: String,
    response: Response = .probability
  ) throws -> Curve {
    let order = try map.requiredRanking()
    let channels = input.shape[3]
    let steps = (order.count + step - 1) / step
    let counts = (0...steps).map { $0 * order.count / steps }
    let values = try responses(response, to: steps + 1, copiesOf: start) { k, copy in
      copy.take(order[..<counts[k]], of: end, channels: channels)
    }
    return Curve(
      name, xTitle: xTitle, yTitle: title(of: response), x: counts.map { Double($0) / Double(order.count) },
      y: values)
  }
}

extension Curve {
  /// The area under the curve over equal steps: the trapezoid rule, divided by the number of steps; nil if a point
  /// is missing.
  public var areaUnderCurve: Double? {
    let known = y.compactMap(\.self)
    guard known.count == y.count, known.count > 1 else { return nil }
    return (known.reduce(0, +) - (known[0] + known[known.count - 1]) / 2) / Double(known.count - 1)
  }

  /// The mean of the points that are known.
  public var mean: Double? {
    let known = y.compactMap(\.self)
    return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
  }
}
