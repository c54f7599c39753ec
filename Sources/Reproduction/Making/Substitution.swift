public import Bench
internal import Foundation
public import ModelLibrary

/// What takes the place of the bundled model and images.
///
/// A model takes the place of every model that the experiment names; rows and columns that differed in the model alone are
/// then one. Images take the place of all that the experiment names: all of them where it names several, the first where one.
public struct Substitution: Sendable {
  public var model: ModelRequest?
  public var images: [ImageSource]?

  public init(model: ModelRequest? = nil, images: [ImageSource]? = nil) {
    self.model = model
    self.images = images
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
    return parts.isEmpty ? "" : "Made with \(parts.joined(separator: ", and ")), which titles may still name."
  }
}
