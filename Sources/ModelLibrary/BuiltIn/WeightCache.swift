internal import Foundation

/// The folder in which fetched weights are kept.
public struct WeightCache: Sendable {
  /// The folder of the weights files.
  public let folder: String

  /// `$SALIENCY_CACHE`, else `$XDG_CACHE_HOME/saliency`, else `~/.cache/saliency`; in it `weights`.
  public static let standard: WeightCache = {
    let environment = ProcessInfo.processInfo.environment
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    let root =
      value("SALIENCY_CACHE") ?? (value("XDG_CACHE_HOME") ?? NSHomeDirectory() + "/.cache") + "/saliency"
    return WeightCache(folder: root + "/weights")
  }()

  /// The cache in a folder.
  public init(folder: String) { self.folder = folder }

  /// Where an architecture's weights lie, or would.
  public func path(of architecture: BuiltInArchitecture) -> String { folder + "/" + architecture.file }

  /// Whether an architecture's weights have been fetched and verified.
  public func holds(_ architecture: BuiltInArchitecture) -> Bool {
    FileManager.default.fileExists(atPath: path(of: architecture))
  }
}
