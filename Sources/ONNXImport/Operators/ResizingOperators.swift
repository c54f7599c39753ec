import SaliencyCore

/// Maps brought to another size.
enum ResizingOperators {
  static let all = [OperatorDecoder("Resize", "Upsample", decode: resize)]

  private static func resize(
    _ builder: inout NetworkBuilder, _ operation: Operation
  ) throws(OperatorError) -> [Value] {
    let feature = try operation.feature()
    guard feature.axes.count == 4 else {
      throw .option("found an input of shape \(feature.sizes), expected (1, channels, height, width)")
    }
    let sampling = try Sampling(operation)
    let scales = try self.scales(operation, feature.sizes)
    guard scales.prefix(2).allSatisfy({ $0.output == $0.input }) else {
      throw .option("found another number of channels, expected a change of height and width alone")
    }
    let image = try builder.image(feature)
    let layer = Resample(rows: try sampling.axis(scales[2]), columns: try sampling.axis(scales[3]))
    let node = try builder.add(layer, [image])
    return [.feature(builder.fromImage(node, rank: 4))]
  }

  /// The size of each axis before and after, and the scale between them.
  private static func scales(_ operation: Operation, _ sizes: [Int]) throws(OperatorError) -> [Sampling.Side]
  {
    let isUpsample = operation.type == "Upsample" || operation.opset < 11
    let factors =
      try operation.optionalConstant(isUpsample ? 1 : 2).map(\.numbers)
      ?? operation.node.attributes["scales"]?.floats.map(Double.init) ?? []
    let given = isUpsample ? [] : try operation.optionalConstant(3)?.integers ?? []
    let list = factors.isEmpty ? given.map(Double.init) : factors
    let axes = try operation.integers("axes") ?? Array(list.indices)
    guard list.count == axes.count, list.count <= 4, list.allSatisfy({ $0 > 0 && $0 <= 65536 }) else {
      throw .option("found scales or sizes \(list), expected one for each axis")
    }
    var sides = sizes.map { Sampling.Side(input: $0, output: $0, scale: 1) }
    for (position, axis) in axes.enumerated() {
      let axis = try operation.axis(axis, of: 4)
      let size = Double(sizes[axis])
      let output = factors.isEmpty ? list[position] : (size * list[position]).rounded(.down)
      guard (1...65536).contains(output) else {
        throw .option("found a size of \(output), expected 1 to 65536")
      }
      sides[axis] = .init(
        input: sizes[axis], output: Int(output), scale: factors.isEmpty ? output / size : list[position])
    }
    return sides
  }
}

/// How the value at a place between pixels is made, as the attributes of `Resize` say it.
struct Sampling {
  /// One axis of a map.
  struct Side {
    let input, output: Int
    let scale: Double
  }

  private let mode: String
  private let coordinates: String
  private let rounding: String
  private let cubic: Double
  private let excludesOutside: Bool
  private let antialiases: Bool

  init(_ operation: Operation) throws(OperatorError) {
    let isUpsample = operation.type == "Upsample" || operation.opset < 11
    mode = try operation.string("mode") ?? "nearest"
    coordinates =
      isUpsample ? "asymmetric" : try operation.string("coordinate_transformation_mode") ?? "half_pixel"
    rounding = isUpsample ? "floor" : try operation.string("nearest_mode") ?? "round_prefer_floor"
    cubic = Double(try operation.float("cubic_coeff_a") ?? -0.75)
    excludesOutside = try operation.integer("exclude_outside") == 1
    antialiases = try operation.integer("antialias") == 1
    let known = [
      "half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "tf_half_pixel_for_nn",
      "half_pixel_symmetric",
    ]
    guard ["nearest", "linear", "cubic", "bilinear"].contains(mode), known.contains(coordinates) else {
      throw .option(
        "found mode \(mode) with \(coordinates); supported are nearest, linear and cubic with \(known.joined(separator: ", "))"
      )
    }
  }

  /// The resampling of one axis.
  func axis(_ side: Side) throws(OperatorError) -> Resample.Axis {
    Resample.Axis(
      inputCount: side.input, terms: (0..<side.output).map { terms(at: place(Double($0), side), side) })
  }

  /// Where a position of the output is in the input.
  private func place(_ x: Double, _ side: Side) -> Double {
    switch coordinates {
    case "align_corners":
      side.output == 1 ? 0 : x * Double(side.input - 1) / (side.scale * Double(side.input) - 1)
    case "asymmetric": x / side.scale
    case "pytorch_half_pixel": side.output == 1 ? 0 : (x + 0.5) / side.scale - 0.5
    case "tf_half_pixel_for_nn": (x + 0.5) / side.scale
    case "half_pixel_symmetric":
      Double(side.input) / 2 * (1 - Double(side.output) / (side.scale * Double(side.input)))
        + (x + 0.5) / side.scale - 0.5
    default: (x + 0.5) / side.scale - 0.5
    }
  }

  private func terms(at x: Double, _ side: Side) -> [Resample.Axis.Term] {
    func clamped(_ position: Int) -> Int { min(max(position, 0), side.input - 1) }
    if mode == "nearest" { return [.init(clamped(nearest(x)), 1)] }
    let reach = antialiases ? max(1 / side.scale, 1) : 1
    let radius = (mode == "cubic" ? 2 : 1) * reach
    let (first, last) = (Int((x - radius).rounded(.down)) + 1, Int((x + radius).rounded(.up)) - 1)
    var weights: [Int: Double] = [:]
    var total = 0.0
    for position in first...max(first, last) {
      if excludesOutside || antialiases, !(0..<side.input).contains(position) { continue }
      let weight = weight((Double(position) - x) / reach)
      weights[clamped(position), default: 0] += weight
      total += weight
    }
    guard total != 0 else { return [.init(clamped(Int(x.rounded())), 1)] }
    return weights.sorted { $0.key < $1.key }.map { .init($0.key, Float($0.value / total)) }
  }

  private func nearest(_ x: Double) -> Int {
    switch rounding {
    case "floor": Int(x.rounded(.down))
    case "ceil": Int(x.rounded(.up))
    case "round_prefer_ceil": Int((x + 0.5).rounded(.down))
    default: Int((x - 0.5).rounded(.up))
    }
  }

  private func weight(_ distance: Double) -> Double {
    let d = abs(distance)
    guard mode == "cubic" else { return max(1 - d, 0) }
    if d <= 1 { return ((cubic + 2) * d - (cubic + 3)) * d * d + 1 }
    return d < 2 ? ((cubic * d - 5 * cubic) * d + 8 * cubic) * d - 4 * cubic : 0
  }
}
