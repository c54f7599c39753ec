/// A weight that a layer of a certain configuration owns.
struct WeightSpec: Sendable, Equatable {
  var name: String
  /// Its shape as far as the configuration tells: nil is a size that depends on the input.
  var shape: [Int?]?
  var isTrainable = true
  /// The layer inside the layer that owns it, by the name of its group in Keras 3's files; nil for the layer itself.
  var innerLayer: String?

  init(_ name: String, _ shape: [Int?]?, isTrainable: Bool = true, innerLayer: String? = nil) {
    self.name = name
    self.shape = shape
    self.isTrainable = isTrainable
    self.innerLayer = innerLayer
  }

  func fits(_ found: [Int]) -> Bool {
    guard let shape else { return true }
    return shape.count == found.count && zip(shape, found).allSatisfy { $0 == nil || $0 == $1 }
  }
}

/// Who wrote a file: what differs between Keras versions in weights and in the meaning of names.
struct Dialect: Sendable, Equatable {
  /// 1, 2 (tf.keras included) or 3.
  var major: Int
  /// Whether Theano trained the weights: its convolutions turn the kernel by 180 degrees.
  var isTheano = false
}
