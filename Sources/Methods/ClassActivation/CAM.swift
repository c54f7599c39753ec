internal import Configuration
public import SaliencyCore

/// Class activation mapping: the last feature maps, weighted by the class's weights of their means.
///
/// Attribution `[N, h, w, 1]`: sum_k w_k A_k, signed, without a ReLU. A is the input of the global average pooling (or of
/// an average pooling over the whole map); w_k is the weight of its k-th mean in the score. Between the pooling and the score every layer must be affine (dense, 1 x 1
/// convolution, reshape, dropout, or nothing at all), so that there is one weight: it is read off as the
/// score's gradient at the pooled means.
///
/// B. Zhou et al., "Learning Deep Features for Discriminative Localization", CVPR 2016, arXiv:1512.04150.
///
/// Known deviations elsewhere: torch-cam adds a ReLU (`relu=true`).
///
/// - Complexity: one backward pass through the head alone.
public struct CAM: SaliencyMethod {
  public static let descriptor = MethodDescriptor(
    "cam", title: "CAM", family: .classActivation, paper: "Zhou 2016, arXiv:1512.04150",
    needs: "global average pooling and an affine head", reduction: .sum, isSigned: true)

  /// Whether negative values of the map become 0.
  public var relu = false

  public static let addedParameters: Set<String> = ["relu"]

  public init() {}

  public func reach(in model: Model) -> Reach { .layer }

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    let model = request.model
    let pooling = try pooling(of: model)
    guard request.explained == model.score, request.targets.allSatisfy(\.isLinear) else {
      throw Self.unsuitable(
        for: model, "its weights are those of the pre-softmax score, not of the output; use `grad-cam`")
    }
    let found = try request.pullback(to: [pooling])[pooling]
    let maps = request.activations(at: model.graph[pooling].inputs[0])
    guard let weights = found else {
      return Attribution(Tensor(repeating: 0, shape: [maps.shape[0], maps.shape[1], maps.shape[2], 1]))
    }
    let weighted = maps.multiplied(broadcasting: weights.reshaped(to: [maps.shape[0], 1, 1, maps.shape[3]]))
    let sum = weighted.sumOverChannels()
    return Attribution(relu ? sum.positivePart : sum)
  }

  public func validate(for model: Model) throws { _ = try pooling(of: model) }

  private func pooling(of model: Model) throws(MethodError) -> NodeID {
    switch model.globalAveragePooling {
    case .found(let id): return id
    case .missing(let reason): throw Self.unsuitable(for: model, reason)
    }
  }
}

/// Whether, and where, a model ends in global average pooling and an affine head.
private enum Pooling {
  case found(NodeID)
  case missing(reason: String)
}

extension Model {
  fileprivate var globalAveragePooling: Pooling {
    var id = score
    while let layer = graph[id].layer {
      if layer is GlobalAveragePool2D || averagesWholeMap(id) { return .found(id) }
      guard layer.isAffine, graph[id].inputs.count == 1, graph[id].shape.isFlat else {
        return .missing(
          reason:
            "between the last maps and the score is \"\(graph[id].name)\" (\(layer.kind)), where CAM needs "
            + "global average pooling and an affine head; use `grad-cam`, which generalises CAM to any head")
      }
      guard !(layer is Flatten) || graph[graph[id].inputs[0]].shape.isFlat else {
        return .missing(
          reason:
            "\"\(graph[id].name)\" flattens a map of \(graph[graph[id].inputs[0]].shape) into a dense head, where "
            + "CAM needs global average pooling; use `grad-cam`, which generalises CAM to any head")
      }
      id = graph[id].inputs[0]
    }
    return .missing(reason: "no layer pools the maps; use `grad-cam` or `gradient`")
  }

  /// Whether the node is an average pooling whose only window is the whole map, as older Keras files have it.
  private func averagesWholeMap(_ id: NodeID) -> Bool {
    guard let pooling = graph[id].layer as? AveragePool2D, let source = graph[id].inputs.first else {
      return false
    }
    let (map, pooled) = (graph[source].shape, graph[id].shape)
    return pooled[0] == 1 && pooled[1] == 1 && pooling.window.height >= map[0]
      && pooling.window.width >= map[1]
  }
}
