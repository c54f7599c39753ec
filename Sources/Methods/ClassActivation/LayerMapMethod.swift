internal import Foundation
public import SaliencyCore

/// A method that makes one map from the maps of a layer, image by image, other than by their gradients alone.
public protocol LayerMapMethod: SaliencyMethod {
  /// The map `[1, h, w, 1]` of one image.
  func map(of maps: LayerMaps) throws -> Tensor
}

extension LayerMapMethod {
  public func reach(in model: Model) -> Reach { .layer }

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    let layer = try request.mapLayer(for: Self.descriptor.title)
    let all = request.activations(at: layer)
    return Attribution(
      Tensor(
        concatenating: try (0..<request.inputs.batchSize).map { n in
          try map(of: LayerMaps(request: request, sample: n, layer: layer, values: all.sample(n)))
        }))
  }

  public func validate(for model: Model) throws {
    guard model.defaultLayer != nil else {
      throw MethodError.noLayer(method: Self.descriptor.title, model: model.name)
    }
  }
}

/// The maps of a request's layer for one of its images.
public struct LayerMaps: Sendable {
  /// The request that is explained.
  public let request: AttributionRequest
  /// The number of the image in the request.
  public let sample: Int
  /// The layer whose maps are weighted.
  public let layer: NodeID
  /// The maps, `[1, h, w, K]`.
  public let values: Tensor

  var height: Int { values.shape[1] }
  var width: Int { values.shape[2] }
  /// The number of maps, K.
  var count: Int { values.shape[3] }

  /// One map, `[1, h, w, 1]`.
  func map(_ k: Int) -> Tensor {
    Tensor(shape: [1, height, width, 1]) { result in
      values.withUnsafeScalars { a in for i in 0..<result.count { result[i] = a[i * count + k] } }
    }
  }

  /// relu(sum_k w_k A_k), `[1, h, w, 1]`.
  func rectifiedSum(_ weights: [Float]) -> Tensor {
    values.multiplied(broadcasting: Tensor(shape: [1, 1, 1, count], scalars: weights))
      .sumOverChannels().positivePart
  }

  /// The explained scores for changed copies of the maps; nothing before the layer is computed.
  func scores(
    count copies: Int, _ change: (Int, UnsafeMutableBufferPointer<Float>) -> Void
  ) throws -> [Float] {
    let tail = try request.tail(from: layer, explainedAs: sample)
    let size = values.count
    var scores: [Float] = []
    for start in stride(from: 0, to: copies, by: tail.microBatch) {
      let chunk = start..<min(start + tail.microBatch, copies)
      let batch = Tensor(shape: values.shape.sample.batched(chunk.count)) { all in
        for (i, number) in chunk.enumerated() {
          let copy = UnsafeMutableBufferPointer(rebasing: all[(i * size)..<((i + 1) * size)])
          values.withUnsafeScalars { _ = copy.initialize(from: $0) }
          change(number, copy)
        }
      }
      scores += try request.scores(behind: tail, for: batch, explainedAs: sample)
    }
    return scores
  }
}

extension AttributionRequest {
  /// The layer that class activation methods look at.
  ///
  /// - Throws: `MethodError` if there is no such layer or it is no map.
  func mapLayer(for method: String) throws(MethodError) -> NodeID {
    guard let layer else { throw .noLayer(method: method, model: model.name) }
    let node = model.graph[layer]
    guard node.shape.rank == 3 else {
      throw .layerIsNoMap(method: method, layer: node.name, shape: node.shape)
    }
    return layer
  }
}

extension Model {
  /// The number of maps and of positions of the layer that class activation methods look at.
  var defaultMaps: (count: Int, positions: Int) {
    guard let layer = defaultLayer else { return (0, 0) }
    return (graph[layer].shape[2], graph[layer].shape[0] * graph[layer].shape[1])
  }
}

/// softmax of some numbers, in double precision.
func softmax(_ values: [Float]) -> [Float] {
  let most = Double(values.max() ?? 0)
  let powers = values.map { exp(Double($0) - most) }
  let total = powers.reduce(0, +)
  return powers.map { Float($0 / total) }
}
