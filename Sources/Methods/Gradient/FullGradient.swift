internal import SaliencyCore

/// A network's score as a sum: gradient times input, and gradient times bias at every node that has one.
///
/// f(x) = df/dx · x + sum over nodes l of df/dy_l · b_l, exact if each node's y = J x + b with J the layer's
/// Jacobian. The bias b of an affine layer is its own; that of a nonlinear one is what the tangent at x misses
/// (implicit bias, Srinivas 2019 section 3.2): y - J x.
struct FullGradient {
  /// A node and the gradient of the score at its output.
  struct Term {
    let node: Node
    let gradient: Tensor
    /// Its bias: `[N]` + the node's shape.
    let bias: Tensor
  }

  /// The gradient at the pixels.
  let input: Tensor
  let terms: [Term]

  /// - Parameter foldsNormalization: Whether a batch normalisation and the layer before it are one term.
  init(_ request: AttributionRequest, foldsNormalization: Bool) throws {
    let model = request.model
    let biases = Self.biases(of: request, foldsNormalization: foldsNormalization)
    let found = try request.pullback(to: [model.input] + biases.map(\.node.id))
    input = found[model.input] ?? Tensor(repeating: 0, shape: request.inputs.shape)
    terms = biases.compactMap { node, bias in
      found[node.id].map { Term(node: node, gradient: $0, bias: bias) }
    }
  }

  /// The sum of all terms for one image: its score.
  func sum(for images: Tensor, sample n: Int) -> Double {
    terms.reduce(input.sample(n).dot(images.sample(n))) { $0 + $1.gradient.sample(n).dot($1.bias.sample(n)) }
  }

  /// What the terms read of the forward pass: of a ReLU with a maximum or a threshold its input.
  static func reach(in model: Model) -> Reach {
    let hasBend = model.graph.nodes.contains { node in
      (node.layer as? ReLU).map { $0.maximum != nil || $0.threshold != 0 } ?? false
    }
    return hasBend ? .everything : .pixels
  }

  /// The first node behind the input whose bias is not known.
  static func obstacle(in model: Model) -> Node? {
    let reached = model.graph.ancestors(of: [model.score])
    return model.graph.nodes.first { node in
      guard reached[node.id.index], let layer = node.layer, !layer.isAffine else { return false }
      return
        !(layer is any ElementwiseLayer || layer is PReLU || isHomogeneous(layer) || layer is Softmax
        || layer is Dot || layer is Merge)
    }
  }

  /// Maxima: the tangent goes through the origin.
  private static func isHomogeneous(_ layer: any Layer) -> Bool {
    let operation = (layer as? Merge)?.operation
    return layer is MaxPool2D || layer is GlobalMaxPool2D || operation == .maximum || operation == .minimum
  }

  private static func biases(
    of request: AttributionRequest, foldsNormalization: Bool
  ) -> [(node: Node, bias: Tensor)] {
    let graph = request.model.graph
    let folded = foldsNormalization ? graph.foldedNormalizations() : [:]
    let linear = Dictionary(uniqueKeysWithValues: folded.values.map { ($0.output, $0.layer) })
    let isReached = graph.ancestors(of: [request.explained])
    let isBehind = graph.descendants(of: [request.model.input])
    return graph.nodes.compactMap { node in
      guard isReached[node.id.index], isBehind[node.id.index], let layer = node.layer,
        folded[node.id] == nil, let step = request.tape.step(at: node.id),
        let bias = bias(of: linear[node.id] ?? layer, at: step)
      else { return nil }
      return (node, bias)
    }
  }

  /// The bias of a layer, explicit or implicit; nil for none.
  private static func bias(of layer: any Layer, at step: Step) -> Tensor? {
    let shape = step.outputShape
    switch layer {
    case let linear as any LinearLayer: return linear.bias?.repeated(to: shape)
    case let layer where isHomogeneous(layer) || layer is any IdentityLayer: return nil
    case let relu as ReLU where relu.threshold == 0 && relu.maximum == nil: return nil
    case let function as any ElementwiseLayer:
      return step.inputs[0].map { function.value($0) - function.derivative($0) * $0 }
    case is PReLU: return nil
    case is Dot: return -step.output
    case let merge as Merge where merge.operation == .multiply:
      return step.output * (1 - Float(step.inputs.count))
    case is Softmax:
      // Its Jacobian is symmetric, so that the pullback is the Jacobian too.
      return step.output - step.pullback(step.inputs[0])[0]
    default:
      guard layer.isAffine else { return nil }
      let zero = layer(step.inputShapes.map { Tensor(repeating: 0, shape: $0.sample.batched(1)) })
      return zero.isZero ? nil : zero.repeated(shape[0])
    }
  }
}

extension Tensor {
  /// One number for each channel, at every position of a shape.
  fileprivate func repeated(to shape: Shape) -> Tensor {
    withUnsafeScalars { a in
      Tensor(shape: shape) { result in for i in 0..<result.count { result[i] = a[i % a.count] } }
    }
  }
}

/// How FullGrad turns its terms into one map.
struct FullGradientMap {
  /// Whether the corners of a feature map lie on the corners of the image, as in the authors' code.
  let alignsCorners: Bool
  /// The map so far, `[N, H, W, 1]`.
  private(set) var values: Tensor

  init(_ shape: Shape, alignsCorners: Bool) {
    values = Tensor(repeating: 0, shape: [shape[0], shape[1], shape[2], 1])
    self.alignsCorners = alignsCorners
  }

  /// Adds a term: its magnitude, rescaled to [0, 1] over each image, upsampled, summed over the channels.
  mutating func add(_ term: Tensor) {
    guard term.shape.rank == 4 else { return }
    let parts = (0..<term.batchSize).map { n in
      let part = term.sample(n).magnitude
      let (low, high) = part.bounds ?? (0, 0)
      let scale = 1 / (high - low + 1e-6)
      return part.map { ($0 - low) * scale }
    }
    let size = (height: values.shape[1], width: values.shape[2])
    let map = Tensor(concatenating: parts).sumOverChannels()
    values += alignsCorners ? Self.stretched(map, to: size) : Resize.bilinear(map, to: size)
  }

  /// Bilinear upsampling with the corners on the corners, of `[N, h, w, 1]`.
  private static func stretched(_ map: Tensor, to size: (height: Int, width: Int)) -> Tensor {
    let (height, width) = (map.shape[1], map.shape[2])
    let (rows, columns) = (places(height, size.height), places(width, size.width))
    return Tensor(shape: [map.batchSize, size.height, size.width, 1]) { result in
      for n in 0..<map.batchSize {
        for (y, row) in rows.enumerated() {
          for (x, column) in columns.enumerated() {
            func along(_ y: Int) -> Float {
              map[n, y, column.first, 0] * (1 - column.part) + map[n, y, column.second, 0] * column.part
            }
            result[(n * size.height + y) * size.width + x] =
              along(row.first) * (1 - row.part) + along(row.second) * row.part
          }
        }
      }
    }
  }

  private static func places(_ from: Int, _ to: Int) -> [(first: Int, second: Int, part: Float)] {
    (0..<to).map { i in
      let place = to > 1 ? Double(i) * Double(from - 1) / Double(to - 1) : 0
      let first = min(Int(place), from - 1)
      return (first, min(first + 1, from - 1), Float(place - Double(first)))
    }
  }
}
