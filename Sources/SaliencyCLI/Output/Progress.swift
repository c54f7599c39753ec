internal import Pipeline
internal import Support

/// The progress of a loop: a line on a terminal after the first second, or, if the console is verbose, a line for each step.
struct Progress {
  private let console: Console
  var total: Int
  private let unit: String
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var shown: ContinuousClock.Instant?

  /// - Parameters:
  ///   - unit: What is counted, as in `12 of 41 images`.
  ///   - total: How many there are.
  init(_ unit: String, total: Int, on console: Console) {
    self.console = console
    self.total = total
    self.unit = unit
    start = clock.now
  }

  /// Shows that `done` are finished and `current` is next.
  mutating func update(_ done: Int, current: String = "") {
    console.detail("\(done) of \(total) \(unit)\(current.isEmpty ? "" : ": \(current)")")
    let now = clock.now
    guard console.isWatched, now - start > .seconds(1) else { return }
    if let shown, now - shown < .milliseconds(100) { return }
    shown = now
    let seconds = (now - start).seconds
    let left = done > 0 ? ", \(NumberText.time(seconds / Double(done) * Double(total - done))) left" : ""
    console.progress("\(done) of \(total) \(unit)\(left)\(current.isEmpty ? "" : ": \(current)")")
  }

  /// Removes the line.
  func end() { if shown != nil { console.progress("") } }
}
