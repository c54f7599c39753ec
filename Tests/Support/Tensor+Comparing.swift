public import SaliencyCore

extension Tensor {
  /// Whether the other tensor has the same shape and the same bits.
  public func isIdentical(to other: Tensor) -> Bool {
    shape == other.shape
      && scalars.elementsEqual(other.scalars) { $0.bitPattern == $1.bitPattern }
  }
}
