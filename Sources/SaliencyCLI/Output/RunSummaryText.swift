internal import Bench
internal import Pipeline
internal import Support

/// The summary of a run, as a sentence.
struct RunSummaryText {
  let summary: RunSummary

  init(_ summary: RunSummary) { self.summary = summary }

  var text: String {
    let progress = summary.progress
    var parts = ["\(progress.done) of \(progress.total) units"]
    if progress.found > 0 {
      let builds = summary.mayMixBuilds ? " (some by another build of the same versions)" : ""
      parts.append("\(progress.found) of them found\(builds)")
    }
    if progress.shared > 0 {
      parts.append("\(progress.shared) shared by targets of the same class")
    }
    if progress.failed > 0 { parts.append("\(progress.failed) failed (see failures.csv)") }
    if let words = summary.crowdWords { parts.append(words) }
    return parts.joined(separator: ", ") + ", \(NumberText.fixed(progress.seconds, 1)) s"
  }
}
