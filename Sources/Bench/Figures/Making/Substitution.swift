internal import Foundation
public import ModelLibrary

/// What takes the place of the bundled model and images, and of the classes asked about.
///
/// A model takes the place of every model that the experiment names; rows and columns that differed in the model alone are
/// then one. Images and classes take the place of all that the experiment names: all of them where it names several, the first
/// where one.
public struct Substitution: Sendable {
  public var model: ModelRequest?
  public var images: [ImageSource]?
  public var targets: [TargetChoice]

  public init(model: ModelRequest? = nil, images: [ImageSource]? = nil, targets: [TargetChoice] = []) {
    self.model = model
    self.images = images
    self.targets = targets
  }

  /// The classes to ask about where the experiment names some.
  func targets(inPlaceOf named: [TargetChoice]) -> [TargetChoice] {
    if targets.isEmpty { return named }
    return named.count > 1 ? targets : Array(targets.prefix(1))
  }

  /// What a whole figure is about, with the class in place of another.
  func asked(_ setting: Setting) -> Setting {
    var copy = setting
    copy.target = targets.first ?? setting.target
    return copy
  }

  /// A setting with the model in place of another.
  func applied(to setting: Setting) -> Setting {
    guard let model, setting.model != nil else { return setting }
    var copy = setting
    copy.model = ModelChoice(model.model, label: name(of: model))
    return copy
  }

  private func name(of model: ModelRequest) -> String {
    ((model.model as NSString).lastPathComponent as NSString).deletingPathExtension
  }

  /// What a caption has to say of it; empty for nothing.
  var words: String {
    let named = model.map { "\(name(of: $0)) in place of the bundled models" }
    let pictures = images == nil ? nil : "pictures in place of the bundled ones"
    let parts = [named, pictures].compactMap(\.self)
    return parts.isEmpty ? "" : "Made with \(parts.joined(separator: ", and "))."
  }
}
