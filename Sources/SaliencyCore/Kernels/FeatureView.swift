/// Consecutive channels (the last axis) of a tensor, read where they are.
///
/// What a concatenation was made of, and the gradients of its parts, are views of it: nothing is copied to take a
/// concatenation apart.
struct FeatureView: Sendable {
  private let whole: Tensor
  private let first: Int
  let channels: Int

  init(_ tensor: Tensor) {
    whole = tensor
    first = 0
    channels = tensor.channels
  }

  /// Channels `first ..< first + channels` of a tensor.
  init(_ tensor: Tensor, first: Int, channels: Int) {
    precondition(first >= 0 && first + channels <= tensor.channels, "channels outside \(tensor.shape)")
    whole = tensor
    self.first = first
    self.channels = channels
  }

  /// Some consecutive channels of this view.
  func channels(from start: Int, count: Int) -> FeatureView {
    FeatureView(whole, first: first + start, channels: count)
  }

  /// The shape of the view itself.
  var shape: Shape { whole.shape.withChannels(channels) }
  /// The size of the batch.
  var batchSize: Int { whole.batchSize }
  /// Floats from one pixel to the next.
  var pitch: Int { whole.channels }
  /// The first element, for as long as the view lives.
  var start: UnsafePointer<Float>? { whole.start.map { $0 + first } }

  /// The view as a tensor of its own; free where it is a whole tensor.
  var tensor: Tensor {
    if channels == whole.channels { return whole }
    return Tensor(shape: shape) { result in
      withExtendedLifetime(whole) {
        Kernels.copyRows(
          shape.count / max(channels, 1), width: channels, from: start, pitch: pitch, to: result.baseAddress,
          pitch: channels)
      }
    }
  }
}

/// Where a kernel writes: the first element and floats from one pixel to the next.
struct FeatureTarget {
  let start: UnsafeMutablePointer<Float>?
  let pitch: Int
}

extension Tensor {
  /// A tensor that `body` fills through a target of its own.
  init(shape: Shape, filledBy body: (FeatureTarget) -> Void) {
    self.init(shape: shape) { body(FeatureTarget(start: $0.baseAddress, pitch: shape[shape.rank - 1])) }
  }
}
