internal import Bench

/// A whole part of a run failed: its tables are written, and the exit code is 1.
struct WholeFailureError: Error, CustomStringConvertible {
  let description: String

  /// - Returns: nil if there is no such part.
  init?(_ failures: [WholeFailure], in folder: String) {
    guard let first = failures.first else { return nil }
    let more = failures.count > 1 ? "; and \(failures.count - 1) more" : ""
    description = "\(folder): \(first)\(more); see failures.csv"
  }
}
