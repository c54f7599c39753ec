import HDF5
import SaliencyCore
import Support

/// Weights drawn at random in the shapes that a network's layers want: for timing, and for controls.
///
/// Kernels are normal with He's variance 2 / fan-in (arXiv:1502.01852), so that activations neither fade nor grow with depth;
/// factors and variances are 1, biases and means 0. A weight depends on the seed, its layer's path, and its name alone.
struct RandomWeights {
  let seed: UInt64

  /// - Parameters:
  ///   - specs: The weights the layer wants.
  ///   - path: The path of the layer in the model.
  ///   - channels: The last axis of the layer's input, which settles the sizes that depend on it.
  func tensors(
    for specs: [WeightSpec], of layer: LayerConfig, at path: String, channels: Int
  ) throws(DecodeError) -> [Tensor] {
    var tensors: [Tensor] = []
    for spec in specs {
      let sizes = try Self.sizes(of: spec, layer.fields, channels: channels)
      guard elementCount(of: sizes, limit: Self.mostElements) != nil else {
        throw .option("its \(spec.name) has shape \(sizes), expected at most \(Self.mostElements) numbers")
      }
      tensors.append(
        tensor(spec.name, Shape(sizes), isDepthwise: layer.type.hasPrefix("Depthwise"), at: path))
    }
    return tensors
  }

  /// The largest layer of VGG16 has a tenth of it.
  private static let mostElements = 1 << 30

  private func tensor(_ name: String, _ shape: Shape, isDepthwise: Bool, at path: String) -> Tensor {
    switch name {
    case "gamma", "variance", "moving_variance", "count", "scale": return Tensor(repeating: 1, shape: shape)
    case "bias", "beta", "mean", "moving_mean": return Tensor(repeating: 0, shape: shape)
    default:
      // What one result sums over: all axes but the last, and for depthwise kernels only the window.
      let summed = isDepthwise || name == "depthwise_kernel" ? 2 : max(shape.rank - 1, 0)
      let fanIn = shape.dimensions.prefix(summed).reduce(1, *)
      let random = CounterRandom(seed: seed, path: FNV1a(path).value, FNV1a(name).value)
      return random.weights(shape: shape, times: (2 / Float(max(fanIn, 1))).squareRoot())
    }
  }

  /// The sizes, with those filled in that the configuration leaves to the input.
  private static func sizes(
    of spec: WeightSpec, _ fields: LayerFields, channels: Int
  ) throws(DecodeError) -> [Int] {
    guard let sizes = spec.shape else { return [channels] }
    let multiplier = try fields.integer("depth_multiplier", in: LayerFields.Limit.groups) ?? 1
    let groups = try fields.integer("groups", in: LayerFields.Limit.groups) ?? 1
    let open =
      switch spec.name {
      case "pointwise_kernel", "bias": channels * multiplier
      case "kernel": channels / groups
      default: channels
      }
    return sizes.map { $0 ?? open }
  }
}
