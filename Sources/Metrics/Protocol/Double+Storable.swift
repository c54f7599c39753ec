extension Double {
  /// Such that sums of squares of a store's numbers do not overflow.
  package static let largestStored = 1e150

  /// Whether the number is finite and its square, and sums of such squares, are too.
  package var isStorable: Bool { abs(self) <= Self.largestStored }
}
