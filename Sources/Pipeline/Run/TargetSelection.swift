public import SaliencyCore
internal import Support

/// The targets of every image of a run.
public enum TargetSelection: Sendable {
  /// These targets.
  case targets([Target])
  /// Targets as text, read with the labels of the model: a label, an index, `top`, `top2`, `least`, `label:NAME`, `index:4`,
  /// `rank:2`, or a function of targets such as `probability(boxer)` and `difference(boxer, top2)`. A text that is not a label as
  /// a whole may be a list separated by commas.
  case texts([String])

  /// The top prediction of each image.
  public static let top = TargetSelection.targets([.top])

  /// The targets for a model with these labels.
  ///
  /// - Throws: `TargetError` if a text is both an index or a rank and a label.
  public func targets(labels: [String]?) throws(TargetError) -> [Target] {
    switch self {
    case .targets(let targets): return targets
    case .texts(let texts):
      let names = texts.flatMap { Self.isLabel($0, of: labels) ? [$0] : ListText.items(of: $0) }
      return try names.map { name throws(TargetError) in try Target(parsing: name, labels: labels) }
    }
  }

  /// Whether a text with commas is one label, such as `tench, Tinca tinca`.
  private static func isLabel(_ text: String, of labels: [String]?) -> Bool {
    let name = text.hasPrefix("label:") ? String(text.dropFirst("label:".count)) : text
    return labels?.contains { $0.lowercased() == name.lowercased() } ?? false
  }
}
