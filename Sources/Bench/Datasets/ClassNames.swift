package import SaliencyCore

/// The classes of a data set, in its order.
package struct ClassNames: Sendable, Equatable {
  package let names: [String]

  package init(_ names: [String]) { self.names = names }

  /// The model's class for each of the data set's that it has.
  ///
  /// By name (whole, or one of a label's synonyms). Where the model knows none of the names, as with ImageNet's folders
  /// `n01440764`, and has as many classes as the data set, the order decides, as in Keras' `flow_from_directory`.
  package func indices(in model: Model) -> [String: Int] {
    var found: [String: Int] = [:]
    for name in names {
      let target = Target.label(name)
      found[name] = try? target.resolved(scores: [], labels: model.labels)
    }
    guard found.isEmpty, names.count == model.classCount else { return found }
    return Dictionary(zip(names, names.indices)) { first, _ in first }
  }
}
