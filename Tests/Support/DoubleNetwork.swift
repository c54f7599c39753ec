public import SaliencyCore

/// A chain or graph of a few kinds of layers in double precision, one sum after another: slow and plain.
///
/// Every sum is taken in one order at every position, so equal windows have equal sums. Samples are evaluated one at a time.
public struct DoubleNetwork {
  let model: Model

  public init(_ model: Model) { self.model = model }

  /// The gradient of one output with respect to a batch of one image.
  public func gradient(at image: Tensor, target: Int) throws -> Tensor {
    let graph = model.graph
    var values: [[Double]] = []
    for node in graph.nodes {
      guard let layer = node.layer else {
        values.append(image.scalars.map(Double.init))
        continue
      }
      let inputs = node.inputs.map { (values[$0.index], graph[$0].shape) }
      values.append(try forward(layer, inputs, node.shape))
    }
    var gradients = graph.nodes.map { [Double](repeating: 0, count: $0.shape.count) }
    gradients[model.output.index][target] = 1
    for node in graph.nodes.reversed() {
      guard let layer = node.layer else { continue }
      let inputs = node.inputs.map { (values[$0.index], graph[$0].shape) }
      let parts = try backward(layer, inputs, node.shape, gradients[node.id.index])
      for (source, part) in zip(node.inputs, parts) {
        for i in part.indices { gradients[source.index][i] += part[i] }
      }
    }
    return Tensor(shape: image.shape, scalars: gradients[model.input.index].map { Float($0) })
  }

  /// How near an image comes to a place where the gradient jumps: the smallest difference of two unequal values that a maximum
  /// is taken of, or distance of a rectifier's input from 0, relative to the largest value of the layer.
  ///
  /// Single precision cannot tell values apart that are closer than its rounding.
  public func nearestJump(at image: Tensor) throws -> Double {
    let graph = model.graph
    var values: [[Double]] = []
    var nearest = Double.infinity
    for node in graph.nodes {
      guard let layer = node.layer else {
        values.append(image.scalars.map(Double.init))
        continue
      }
      let inputs = node.inputs.map { (numbers: values[$0.index], shape: graph[$0].shape) }
      values.append(try forward(layer, inputs, node.shape))
      let scale = inputs.flatMap(\.numbers).reduce(0) { max($0, abs($1)) }
      for group in competitors(layer, inputs, node.shape) {
        guard let largest = group.max(), largest > 0 || layer is ReLU else { continue }
        for value in group where value != largest { nearest = min(nearest, (largest - value) / scale) }
      }
    }
    return nearest
  }

  /// The values among which each result of a layer is chosen.
  private func competitors(_ layer: any Layer, _ inputs: [Values], _ shape: Shape) -> [[Double]] {
    let (x, inputShape) = inputs[0]
    switch layer {
    case is ReLU: return x.map { [abs($0), 0] }
    case is Merge: return x.indices.map { i in inputs.map { $0.numbers[i] } }
    case is GlobalMaxPool2D:
      return (0..<shape.count).map { c in stride(from: c, to: x.count, by: shape.count).map { x[$0] } }
    case let layer as MaxPool2D:
      var groups = [[Double]](repeating: [], count: shape.count)
      forEachPlace(layer.window, inputShape, shape) { oy, ox, _, _, sy, sx in
        for c in 0..<shape[2] {
          groups[(oy * shape[1] + ox) * shape[2] + c].append(x[(sy * inputShape[1] + sx) * shape[2] + c])
        }
      }
      return groups
    default: return []
    }
  }

  struct Unsupported: Error {
    let layer: String
  }

  private typealias Values = (numbers: [Double], shape: Shape)

  private func forward(_ layer: any Layer, _ inputs: [Values], _ shape: Shape) throws -> [Double] {
    let (x, inputShape) = inputs[0]
    switch layer {
    case let layer as Conv2D:
      let kernel = layer.kernel.scalars.map(Double.init)
      var result = [Double](repeating: 0, count: shape.count)
      if let bias = layer.bias { for i in result.indices { result[i] = Double(bias[i % shape[2]]) } }
      forEachTerm(layer, inputShape, shape) { result[$0] += x[$1] * kernel[$2] }
      return result
    case let layer as Dense:
      let kernel = layer.kernel.scalars.map(Double.init)
      return (0..<shape.count).map { o in
        x.indices.reduce(layer.bias.map { Double($0[o]) } ?? 0) { $0 + x[$1] * kernel[$1 * shape.count + o] }
      }
    case is ReLU: return x.map { max($0, 0) }
    case is Flatten: return x
    case is Merge: return x.indices.map { i in inputs.map { $0.numbers[i] }.max() ?? 0 }
    case let layer as MaxPool2D:
      return firstMaxima(layer.window, x, inputShape, shape).map { x[$0] }
    case is GlobalMaxPool2D:
      return (0..<shape.count).map { c in
        stride(from: c, to: x.count, by: shape.count).map { x[$0] }.max() ?? 0
      }
    default: throw Unsupported(layer: layer.kind)
    }
  }

  private func backward(
    _ layer: any Layer, _ inputs: [Values], _ shape: Shape, _ g: [Double]
  ) throws -> [[Double]] {
    let (x, inputShape) = inputs[0]
    var result = [Double](repeating: 0, count: x.count)
    switch layer {
    case let layer as Conv2D:
      let kernel = layer.kernel.scalars.map(Double.init)
      forEachTerm(layer, inputShape, shape) { result[$1] += g[$0] * kernel[$2] }
    case let layer as Dense:
      let kernel = layer.kernel.scalars.map(Double.init)
      for i in x.indices { for o in g.indices { result[i] += g[o] * kernel[i * g.count + o] } }
    case is ReLU: for i in x.indices where x[i] > 0 { result[i] = g[i] }
    case is Flatten: return [g]
    case is Merge:
      return inputs.indices.map { k in
        x.indices.map { i in
          let largest = inputs.map { $0.numbers[i] }.max() ?? 0
          return inputs.firstIndex { $0.numbers[i] == largest } == k ? g[i] : 0
        }
      }
    case let layer as MaxPool2D:
      for (o, i) in firstMaxima(layer.window, x, inputShape, shape).enumerated() { result[i] += g[o] }
    case is GlobalMaxPool2D:
      for c in g.indices {
        let places = stride(from: c, to: x.count, by: g.count)
        let largest = places.map { x[$0] }.max() ?? 0
        let argmax = places.filter { x[$0] == largest }
        for i in argmax { result[i] = g[c] / Double(argmax.count) }
      }
    default: throw Unsupported(layer: layer.kind)
    }
    return [result]
  }

  /// Calls `body` with output, input and weight for every product of a convolution.
  private func forEachTerm(
    _ layer: Conv2D, _ input: Shape, _ output: Shape, _ body: (Int, Int, Int) -> Void
  ) {
    let window = layer.window
    forEachPlace(window, input, output) { y, x, ky, kx, sy, sx in
      for c in 0..<input[2] {
        for f in 0..<output[2] {
          body(
            (y * output[1] + x) * output[2] + f, (sy * input[1] + sx) * input[2] + c,
            ((ky * window.width + kx) * input[2] + c) * output[2] + f)
        }
      }
    }
  }

  /// For each output of a max pooling, the index of the first largest input.
  private func firstMaxima(_ window: Window, _ x: [Double], _ input: Shape, _ output: Shape) -> [Int] {
    var found = [Int](repeating: -1, count: output.count)
    forEachPlace(window, input, output) { oy, ox, _, _, sy, sx in
      for c in 0..<input[2] {
        let (to, from) = ((oy * output[1] + ox) * output[2] + c, (sy * input[1] + sx) * input[2] + c)
        if found[to] < 0 || x[from] > x[found[to]] { found[to] = from }
      }
    }
    return found
  }

  private func forEachPlace(
    _ window: Window, _ input: Shape, _ output: Shape, _ body: (Int, Int, Int, Int, Int, Int) -> Void
  ) {
    func before(_ size: Int, _ count: Int, _ reach: Int, _ stride: Int) -> Int {
      window.padding == .same ? max((count - 1) * stride + reach - size, 0) / 2 : 0
    }
    let top = before(input[0], output[0], window.height, window.strideY)
    let left = before(input[1], output[1], window.width, window.strideX)
    for y in 0..<output[0] {
      for x in 0..<output[1] {
        for ky in 0..<window.height {
          for kx in 0..<window.width {
            let (sy, sx) = (y * window.strideY + ky - top, x * window.strideX + kx - left)
            if sy >= 0, sy < input[0], sx >= 0, sx < input[1] { body(y, x, ky, kx, sy, sx) }
          }
        }
      }
    }
  }
}
