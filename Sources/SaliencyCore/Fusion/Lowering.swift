/// How the fused passes may compute a layer other than by calling it: what the layer states about itself.
///
/// A layer that states nothing is opaque. It is called, forwards and backwards, and its values are saved.
struct Lowering: Sendable {
  /// What a layer is to its neighbours' kernels.
  enum Role: Sendable {
    case opaque
    /// A kernel that can finish each result: the first of a chain.
    case kernel(any EpilogueLayer)
    /// A factor and an offset for each channel.
    case channelAffine(Epilogue.ChannelScale)
    case rectifier(Rectifier)
    /// A max pooling whose argmax indices fit into bytes.
    case maxPooling(MaxPool2D)
    /// The sum of the inputs.
    case sum
    /// The inputs side by side in the last axis.
    case concatenation
  }

  /// max(x, 0), at most `maximum`.
  struct Rectifier: Sendable {
    let maximum: Float?
  }

  var role = Role.opaque
  /// The layer, if the kernel of its pullback can finish each result.
  var backwardKernel: (any EpiloguePullbackLayer)?

  init(_ role: Role = .opaque, backwardKernel: (any EpiloguePullbackLayer)? = nil) {
    (self.role, self.backwardKernel) = (role, backwardKernel)
  }

  init(of layer: (any Layer)?) { self = (layer as? any LoweredLayer)?.lowering ?? Lowering() }

  var kernel: (any EpilogueLayer)? {
    if case .kernel(let layer) = role { return layer }
    return nil
  }

  var channelScale: Epilogue.ChannelScale? {
    if case .channelAffine(let scale) = role { return scale }
    return nil
  }

  var rectifier: Rectifier? {
    if case .rectifier(let rectifier) = role { return rectifier }
    return nil
  }

  var maxPooling: MaxPool2D? {
    if case .maxPooling(let pooling) = role { return pooling }
    return nil
  }

  var isSum: Bool {
    if case .sum = role { return true }
    return false
  }

  var joinsChannels: Bool {
    if case .concatenation = role { return true }
    return false
  }
}

/// A layer that states how it may be lowered.
protocol LoweredLayer: Layer {
  var lowering: Lowering { get }
}

extension Node {
  /// Whether the layer's pullback reads its inputs or its output: not if its slope is the same everywhere, nor if a mask or
  /// argmax indices say all of it.
  var pullbackReadsValues: Bool { !isAffine && lowering.rectifier == nil && lowering.maxPooling == nil }
}

extension Conv2D: LoweredLayer {
  var lowering: Lowering { Lowering(.kernel(self), backwardKernel: self) }
}

extension Dense: LoweredLayer {
  var lowering: Lowering { Lowering(.kernel(self), backwardKernel: self) }
}

extension DepthwiseConv2D: LoweredLayer {
  var lowering: Lowering { Lowering(.kernel(self), backwardKernel: self) }
}

extension BatchNormalization: LoweredLayer {
  var lowering: Lowering { Lowering(.channelAffine(channelScale)) }
}

extension ReLU: LoweredLayer {
  var lowering: Lowering { isReadFromOutput ? Lowering(.rectifier(.init(maximum: maximum))) : Lowering() }
}

extension MaxPool2D: LoweredLayer {
  var lowering: Lowering { keepsWinners ? Lowering(.maxPooling(self), backwardKernel: self) : Lowering() }
}

extension AveragePool2D: LoweredLayer {
  var lowering: Lowering { Lowering(backwardKernel: self) }
}

extension GlobalAveragePool2D: LoweredLayer {
  var lowering: Lowering { Lowering(backwardKernel: self) }
}

extension Merge: LoweredLayer {
  var lowering: Lowering { operation == .add ? Lowering(.sum) : Lowering() }
}

extension Concatenate: LoweredLayer {
  var lowering: Lowering { axis == -1 ? Lowering(.concatenation) : Lowering() }
}
