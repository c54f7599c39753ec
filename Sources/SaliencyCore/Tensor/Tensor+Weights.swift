/// Tensors that stay for as long as a network does, as its weights do.
extension Tensor {
  /// Weights that `body` writes, every element.
  package init(
    lasting shape: Shape, initializing body: (UnsafeMutableBufferPointer<Float>) throws -> Void
  ) rethrows {
    self.init(shape: shape, storage: TensorStorage(lasting: shape.count))
    try body(storage.floats)
  }

  /// Weights whose number a file decides: nil if there is no memory for them; otherwise `body` writes every element.
  package init?(
    lastingIfPossible shape: Shape, initializing body: (UnsafeMutableBufferPointer<Float>) throws -> Void
  ) rethrows {
    guard let storage = TensorStorage(ifPossible: shape.count) else { return nil }
    self.init(shape: shape, storage: storage)
    try body(storage.floats)
  }

  /// Weights that `origin` writes, every element, and the same ones whenever it is called: they need not be kept once they
  /// are packed.
  package init(
    repeatable shape: Shape, from origin: @escaping @Sendable (UnsafeMutableBufferPointer<Float>) -> Void
  ) {
    self.init(shape: shape, storage: TensorStorage(lasting: shape.count, origin: origin))
    origin(storage.floats)
  }

  /// Weights that are a part of a mapped file, which `owner` keeps alive.
  ///
  /// The memory never changes: a change of the tensor is made in a copy.
  package init(
    shape: Shape, borrowing floats: UnsafeMutableBufferPointer<Float>, from owner: any AnyObject & Sendable
  ) {
    precondition(floats.count == shape.count, "\(floats.count) scalars do not fill the shape \(shape)")
    self.init(shape: shape, storage: TensorStorage(borrowing: floats, from: owner))
  }

  /// What can write the elements again; nil if nothing can.
  var origin: TensorStorage.Origin? { storage.origin }

  /// Releases the pages of a mapped file, which are mapped again when they are read; does nothing to a tensor with memory of
  /// its own.
  func forgetPages() { storage.forgetPages() }
}
