internal import BundledWorld
public import Foundation

/// The experiments that `saliency reproduce` finds by name, wherever the toolkit is installed.
public enum BundledExperiments {
  /// The folders that hold one folder for each experiment.
  public static let folders = ["papers", "demos"].map {
    BundledWorld.folder($0, ofTarget: "BundledExperiments", source: #filePath)
  }
}
