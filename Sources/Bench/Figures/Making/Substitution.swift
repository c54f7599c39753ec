internal import Foundation
public import ModelLibrary

/// The model, images and classes to use in place of those that an experiment names.
///
/// A model replaces every model of the experiment; rows and columns that differ only in the model become one. Images and classes
/// replace all that the experiment names: all of them if it names several, the first if it names one.
public struct Substitution: Sendable {
  public var model: ModelRequest?
  public var images: [ImageSource]?
  public var targets: [TargetChoice]

  public init(model: ModelRequest? = nil, images: [ImageSource]? = nil, targets: [TargetChoice] = []) {
    self.model = model
    self.images = images
    self.targets = targets
  }

  /// The classes to explain in place of those that the experiment names.
  func targets(inPlaceOf named: [TargetChoice]) -> [TargetChoice] {
    if targets.isEmpty { return named }
    return named.count > 1 ? targets : Array(targets.prefix(1))
  }

  /// A figure's setting with the given class.
  func withTarget(_ setting: Setting) -> Setting {
    var copy = setting
    copy.target = targets.first ?? setting.target
    return copy
  }

  /// A setting with the given model.
  func applied(to setting: Setting) -> Setting {
    guard let model, setting.model != nil else { return setting }
    var copy = setting
    copy.model = ModelChoice(model.model, label: name(of: model))
    return copy
  }

  private func name(of model: ModelRequest) -> String {
    ((model.model as NSString).lastPathComponent as NSString).deletingPathExtension
  }

  /// The sentence for captions; empty if nothing is replaced.
  var words: String {
    let named = model.map { "\(name(of: $0)) in place of the bundled models" }
    let pictures = images == nil ? nil : "pictures in place of the bundled ones"
    let parts = [named, pictures].compactMap(\.self)
    return parts.isEmpty ? "" : "Made with \(parts.joined(separator: ", and "))."
  }
}
