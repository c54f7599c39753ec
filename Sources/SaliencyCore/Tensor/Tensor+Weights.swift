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

  /// Weights that `origin` writes, every element, and the same ones whenever it is called: who has made something else of
  /// them need not keep them.
  package init(
    repeatable shape: Shape, from origin: @escaping @Sendable (UnsafeMutableBufferPointer<Float>) -> Void
  ) {
    self.init(shape: shape, storage: TensorStorage(lasting: shape.count, origin: origin))
    origin(storage.floats)
  }

  /// Weights that are a part of a mapped file, which `owner` keeps alive.
  ///
  /// Nobody may change the memory: a change of the tensor is made in a copy.
  package init(
    shape: Shape, borrowing floats: UnsafeMutableBufferPointer<Float>, from owner: any AnyObject & Sendable
  ) {
    precondition(floats.count == shape.count, "\(floats.count) scalars do not fill the shape \(shape)")
    self.init(shape: shape, storage: TensorStorage(borrowing: floats, from: owner))
  }

  /// What makes the elements again; nil where nothing does.
  var origin: TensorStorage.Origin? { storage.origin }

  /// Hands the memory of a mapped file back to the system, which has it again from the file when it is looked at; does
  /// nothing to a tensor whose memory is its own.
  func forgetPages() { storage.forgetPages() }
}
