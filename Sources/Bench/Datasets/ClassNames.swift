package import SaliencyCore

/// The classes of a dataset, in its order.
package struct ClassNames: Sendable, Equatable {
  package let names: [String]
  /// The model's class of some names, for images in memory whose class is given by index.
  private let fixed: [String: Int]
  /// Whether the order of the names may decide, if the model knows none of them.
  private let isOrdered: Bool

  package init(_ names: [String], fixed: [String: Int] = [:], isOrdered: Bool = true) {
    self.names = names
    self.fixed = fixed
    self.isOrdered = isOrdered
  }

  /// Other names, with the same classes of the model.
  func with(names: [String]) -> ClassNames { ClassNames(names, fixed: fixed, isOrdered: isOrdered) }

  /// The model's class for each of the dataset's that it has.
  ///
  /// By name (whole, or one of a label's synonyms). Where the model knows none of the names, as with ImageNet's folders
  /// `n01440764`, and has as many classes as the dataset, the order decides, as in Keras' `flow_from_directory`.
  package func indices(in model: Model) -> [String: Int] {
    var found: [String: Int] = [:]
    for name in names {
      let target = Target.label(name)
      found[name] = try? target.resolved(scores: [], labels: model.labels)
    }
    for (name, index) in fixed where index >= 0 && index < model.classCount { found[name] = index }
    guard found.isEmpty, isOrdered, names.count == model.classCount else { return found }
    return Dictionary(zip(names, names.indices)) { first, _ in first }
  }
}
