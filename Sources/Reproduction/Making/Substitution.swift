public import Bench
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
    copy.model = ModelChoice(model.model)
    return copy
  }
}
