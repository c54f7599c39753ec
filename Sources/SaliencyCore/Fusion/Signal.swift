/// The parts of the signal at a node, one from each of its readers.
///
/// They are summed from the last reader in the graph to the first, whenever they arrive: fused layers deliver early,
/// and a sum of floats depends on its order.
struct Signal {
  /// The position of a seed, or of a sum that was already read: before every reader.
  static let seed = Int.max

  private struct Part {
    let reader: Int
    let view: FeatureView
  }

  // Nearly every signal has one part, which then needs no array.
  private var first: Part?
  private var rest: [Part] = []

  var isEmpty: Bool { first == nil }

  mutating func add(_ view: FeatureView, from reader: Int) {
    let part = Part(reader: reader, view: view)
    guard let first else { return self.first = part }
    if first.reader < reader {
      rest.insert(first, at: 0)
      self.first = part
    } else {
      rest.insert(part, at: rest.firstIndex { $0.reader < reader } ?? rest.count)
    }
  }

  /// Whether the part of `reader` comes after all that are here.
  func canEnd(with reader: Int) -> Bool { (rest.last ?? first).map { $0.reader >= reader } ?? true }

  var sum: FeatureView? {
    guard var sum = first?.view else { return nil }
    for part in rest { sum = FeatureView(Kernels.map(sum, Epilogue(addend: part.view))) }
    return sum
  }
}
