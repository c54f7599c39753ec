public import Foundation

/// The small world of images and models that comes with the toolkit, found wherever it was installed.
public enum BundledWorld {
  /// The folder of the scenes: images, annotations, models, and their sidecars.
  public static var scenes: URL { Bundle.module.bundleURL.appendingPathComponent("scenes") }
}
