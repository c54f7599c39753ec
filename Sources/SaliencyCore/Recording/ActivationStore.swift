/// What a forward pass saved of each node: its value, its ReLU mask, its argmax indices.
struct ActivationStore: Sendable {
  /// What is saved of one node; nothing of a value that was released or never stored.
  struct Saved: Sendable {
    var value: Tensor?
    /// Where a ReLU, or each part of a concatenation of ReLUs, let its input through.
    var mask: ReLUMask?
    /// Where a max pooling found its maxima.
    var argmax: ArgmaxIndices?
    /// Where the value and the mask lie, if in those of a concatenation.
    var part: Part?
  }

  /// Channels of a concatenation.
  struct Part: Sendable {
    let whole: NodeID
    let channel: Int
    let channels: Int
    /// Whether the whole's mask holds the part's.
    let hasMask: Bool
  }

  private var nodes: [Saved?]

  init(count: Int) { nodes = Array(repeating: nil, count: count) }

  /// What is saved of a node; nil if the node was not computed.
  subscript(id: NodeID) -> Saved? {
    get { nodes[id.index] }
    set { nodes[id.index] = newValue }
  }

  /// A saved value, where it lies.
  func view(of id: NodeID) -> FeatureView? {
    guard let saved = nodes[id.index] else { return nil }
    if let value = saved.value { return FeatureView(value) }
    guard let part = saved.part, let whole = nodes[part.whole.index]?.value else { return nil }
    return FeatureView(whole, first: part.channel, channels: part.channels)
  }

  /// The saved mask of a ReLU.
  func mask(of id: NodeID) -> ReLUMask? {
    guard let saved = nodes[id.index] else { return nil }
    guard let part = saved.part, part.hasMask else { return saved.mask }
    return nodes[part.whole.index]?.mask?.channels(from: part.channel)
  }

  /// Releases a value; mask and argmax indices stay.
  mutating func release(_ id: NodeID) { nodes[id.index]?.value = nil }
}
