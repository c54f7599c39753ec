/// A dense array of 32-bit floats, row major, batch first: `[N, H, W, C]` for images and feature maps.
///
/// A tensor is a value: a copy shares memory until one of the two is changed.
public struct Tensor: Sendable {
  /// The sizes of the axes, batch first.
  public let shape: Shape
  var storage: TensorStorage

  /// A tensor whose elements `body` writes, every one of them, into uninitialised memory.
  public init(
    shape: Shape, initializing body: (UnsafeMutableBufferPointer<Float>) throws -> Void
  ) rethrows {
    self.shape = shape
    storage = TensorStorage(count: shape.count)
    try body(storage.floats)
  }

  /// A tensor of the given elements in row-major order.
  public init(shape: Shape, scalars: [Float]) {
    precondition(scalars.count == shape.count, "\(scalars.count) scalars do not fill the shape \(shape)")
    self.init(shape: shape) { _ = $0.initialize(from: scalars) }
  }

  /// A tensor whose elements are all `value`.
  public init(repeating value: Float, shape: Shape) {
    self.init(shape: shape) { $0.initialize(repeating: value) }
  }

  init(shape: Shape, storage: TensorStorage) {
    self.shape = shape
    self.storage = storage
  }

  /// The number of elements.
  public var count: Int { shape.count }

  /// The elements in row-major order, copied.
  public var scalars: [Float] { Array(storage.floats) }

  /// Reads the elements in place.
  public func withUnsafeScalars<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) rethrows -> R {
    try body(UnsafeBufferPointer(storage.floats))
  }

  /// Changes the elements in place, after a copy if other tensors share them.
  public mutating func withUnsafeMutableScalars<R>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws -> R
  ) rethrows -> R {
    if storage.isConstant || !isKnownUniquelyReferenced(&storage) {
      let copy = TensorStorage(count: count)
      _ = copy.floats.initialize(from: storage.floats)
      storage = copy
    }
    return try body(storage.floats)
  }

  /// The same elements under another shape of the same count.
  public func reshaped(to shape: Shape) -> Tensor {
    precondition(shape.count == count, "\(self.shape) cannot be seen as \(shape)")
    return Tensor(shape: shape, storage: storage)
  }

  /// The element at a row-major index.
  public subscript(index: Int) -> Float {
    precondition(index >= 0 && index < count, "element \(index) of \(count)")
    return storage.floats[index]
  }

  /// The element of an `[N, H, W, C]` tensor.
  public subscript(n: Int, y: Int, x: Int, c: Int) -> Float {
    precondition(shape.rank == 4, "four indices into a tensor of shape \(shape)")
    return storage.floats[((n * shape[1] + y) * shape[2] + x) * shape[3] + c]
  }
}

extension Tensor: Equatable {
  /// Equal in shape and, element by element, as floats (so that NaN equals nothing).
  public static func == (a: Tensor, b: Tensor) -> Bool {
    a.shape == b.shape && a.storage.floats.elementsEqual(b.storage.floats)
  }
}
