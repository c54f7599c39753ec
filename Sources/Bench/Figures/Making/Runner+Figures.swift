internal import Figures
internal import Foundation
internal import Support

extension Runner {
  /// Computes and writes the experiment's own figures, other than overviews, into the folder `figures` of the run.
  ///
  /// Maps and values are kept in the run's store.
  /// - Parameters:
  ///   - folder: The folder that relative paths of the experiment start from.
  ///   - progress: Called with the name of each figure before it is made.
  /// - Returns: Nothing if the experiment has no such figures.
  /// - Throws: `FileWriteError`, `StoreError`, `YAMLError`.
  public func writeFigures(
    folder: String, progress: (String) -> Void = { _ in }
  ) throws -> Reproducer.Written {
    guard !plan.experiment.figures.isEmpty else { return Reproducer.Written() }
    let target = RunFolder(output).figures
    try DiskSpace.prepare(target)
    var written = try Reproducer(plan.experiment, folder: folder).run(
      target, FigureFormat.allCases.map(\.rawValue), store: FigureStore(store), progress)
    written.files = written.files.map { "figures/\($0)" }
    return written
  }
}
