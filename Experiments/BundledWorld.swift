public import Foundation

/// The small world of images and models that comes with the toolkit, found wherever it was installed.
public enum BundledWorld {
  /// The folder of the scenes: images, annotations, models, and their sidecars.
  ///
  /// `Bundle.module` is not asked: it ends the program where its folder is gone, and costs milliseconds.
  /// Where there is no such folder at all, this is where it should have been.
  public static let scenes: URL = {
    let places = candidates
    return places.first { FileManager.default.fileExists(atPath: $0.path) } ?? places[0]
  }()

  /// The folder of the experiments, of which the scenes are a part.
  public static var experiments: URL { scenes.deletingLastPathComponent() }

  /// The folder of the bundled models, each `NAME.h5` with its `NAME.yaml`.
  public static var models: URL {
    let own = scenes.appendingPathComponent("models")
    return FileManager.default.fileExists(atPath: own.path) ? own : scenes
  }

  /// Beside the program as SwiftPM builds it, under its `share` as a system installs it, and in the source tree.
  private static var candidates: [URL] {
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    return [
      program.appendingPathComponent("saliency_BundledWorld.resources/scenes"),
      program.deletingLastPathComponent().appendingPathComponent("share/saliency/scenes"),
      URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("scenes"),
    ]
  }
}
