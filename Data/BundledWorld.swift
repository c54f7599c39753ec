public import Foundation

/// The scenes and models that come with the toolkit, found wherever it is installed.
public enum BundledWorld {
  /// The folder of the scenes: images, annotations, models, and their sidecars.
  public static let scenes = folder("scenes", ofTarget: "BundledWorld", source: #filePath)

  /// The folder of the bundled models, each `NAME.h5` with its `NAME.yaml`.
  public static var models: URL {
    let own = scenes.appendingPathComponent("models")
    return FileManager.default.fileExists(atPath: own.path) ? own : scenes
  }

  /// A folder of resources: beside the program as SwiftPM builds it, under `share` in a system installation, or in the source tree.
  ///
  /// `Bundle.module` is not used: it ends the program if its folder is missing, and costs milliseconds.
  ///
  /// - Parameters:
  ///   - target: The target that declares the folder as a resource.
  ///   - source: A source file beside the folder.
  /// - Returns: The first of the three that exists; the first if none does.
  package static func folder(_ name: String, ofTarget target: String, source: String) -> URL {
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    let places = [
      program.appendingPathComponent("saliency_\(target).resources/\(name)"),
      program.deletingLastPathComponent().appendingPathComponent("share/saliency/\(name)"),
      URL(fileURLWithPath: source).deletingLastPathComponent().appendingPathComponent(name),
    ]
    return places.first { FileManager.default.fileExists(atPath: $0.path) } ?? places[0]
  }
}
