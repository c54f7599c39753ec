internal import SaliencyCore
internal import Support

/// Applies the substitution to settings, and finds images by their names.
extension FigureContext {
  /// The images that match names or patterns, in the order of those.
  ///
  /// - Throws: `SettingError` if one matches none.
  func images(matching patterns: [String]) throws(SettingError) -> [DatasetImage] {
    var found: [DatasetImage] = []
    for pattern in patterns {
      let matches = images.filter { $0.matches(pattern) }
      if matches.isEmpty && substitution.images != nil {
        return patterns.count > 1 || pattern.contains("*") ? images : Array(images.prefix(1))
      }
      guard !matches.isEmpty else {
        throw SettingError("no image is called \"\(pattern)\"", suggesting: pattern, images.map(\.shortName))
      }
      found += matches
    }
    return found
  }

  /// The name of a setting's image, also if it cannot be read.
  func imageName(_ setting: Setting) -> String {
    images.first { $0.name == setting.image }?.shortName ?? setting.image ?? ""
  }

  /// The setting with the user's model in place of the experiment's.
  func substituted(_ setting: Setting) -> Setting { substitution.applied(to: setting) }

  /// The targets to explain in place of those that the experiment names.
  func targets(_ named: [TargetChoice]) -> [TargetChoice] { substitution.targets(inPlaceOf: named) }

  /// Whether the model is the user's own, which may lack classes that an experiment names.
  var hasGivenModel: Bool { substitution.model != nil }

  /// The setting that a setting's map is compared with; nil for none.
  ///
  /// - Throws: `SettingError` if the two are the same after substitution.
  func compared(_ setting: Setting) throws(SettingError) -> Setting? {
    guard let other = setting.compared.map(substituted) else { return nil }
    guard other.mapKey != setting.mapKey else { throw SettingError.comparesModels }
    return other
  }

  /// The method with the setting's layer, score and reduction.
  ///
  /// - Throws: `SettingError` if the setting names no method.
  func method(of setting: Setting) throws(SettingError) -> MethodChoice {
    guard var choice = setting.method else {
      throw SettingError("no method is named; add a line \"method: ...\"")
    }
    choice.layer = setting.layer ?? choice.layer
    choice.score = setting.score ?? choice.score
    choice.reduction = setting.reduction ?? choice.reduction
    return choice
  }
}

/// An error in a figure's settings.
struct SettingError: Error, Equatable, CustomStringConvertible {
  static let comparesModels = SettingError(
    "it compares models with one another, and one was given in place of all")

  let description: String

  init(_ description: String) { self.description = description }

  init(_ description: String, suggesting name: String, _ known: [String]) {
    let shown = known.prefix(6).joined(separator: ", ") + (known.count > 6 ? ", ..." : "")
    self.description = description + suggestion(for: name, among: known) + " (known: \(shown))"
  }
}
