internal import Metrics
internal import SaliencyCore
internal import Support
internal import Synchronization

/// Methods by metrics, for one model and one choice of target.
struct ComparisonTable: Sendable {
  let setting: RunResults.Setting
  private(set) var methods: [RunResults.Method]
  private(set) var columns: [RunResults.Column]
  /// By method and column.
  private(set) var cells: [[Cell]]
  /// Kendall's tau-b between the orders in which two columns put the methods, by column and column; nil if one says nothing.
  private(set) var agreement: [[Double?]]

  struct Cell: Sendable, Equatable {
    /// How many numbers the mean is of.
    var count = 0
    var mean: Double?
    var interval: ClosedRange<Double>?
    /// How often the metric had no meaning.
    var notApplicable = 0
    var failed = 0
    /// Whether the mean is the best, and better than that of every other method and control by the paired test.
    var isBest = false
    /// The paired test against the best method's numbers, adjusted by Holm over the column; nil for the best itself.
    var p: Double?
  }

  init(_ results: RunResults, setting: RunResults.Setting) {
    self.setting = setting
    methods = results.methods
    columns = results.columns
    let statistics = results.experiment.statistics
    let seed = results.experiment.seed
    let bootstrap = Bootstrap(statistics: statistics, seed: seed)
    let test = PairedTest(permutations: statistics.permutations, seed: seed)
    // By column and method; a column is one piece of work, so that the cut does not depend on the threads.
    let found = Mutex<[[Cell]]>(results.columns.map { _ in [] })
    let next = Mutex(0)
    let (columns, methods) = (columns, methods)
    WorkerThread.run(Execution.threads) {
      while true {
        let c = next.withLock { next in
          defer { next += 1 }
          return next
        }
        guard c < columns.count else { return }
        let cells = Self.cells(setting, c, columns[c], methods, bootstrap, test, level: statistics.level)
        found.withLock { $0[c] = cells }
      }
    }
    let byColumn = found.withLock(\.self)
    cells = methods.indices.map { m in columns.indices.map { byColumn[$0][m] } }
    agreement = Self.agreement(columns, methods, byColumn)
  }

  /// Some rows and columns of the table.
  ///
  /// Which mean is best, and its tests, are those of the whole table.
  func selecting(methods rows: [Int], columns chosen: [Int]) -> ComparisonTable {
    var part = self
    part.methods = rows.map { methods[$0] }
    part.columns = chosen.map { columns[$0] }
    part.cells = rows.map { row in chosen.map { cells[row][$0] } }
    part.agreement = chosen.map { a in chosen.map { agreement[a][$0] } }
    return part
  }

  private static func cells(
    _ setting: RunResults.Setting, _ c: Int, _ column: RunResults.Column, _ methods: [RunResults.Method],
    _ bootstrap: Bootstrap, _ test: PairedTest, level: Double
  ) -> [Cell] {
    let sets = methods.indices.map { Observations(setting, method: $0, column: c, average: column.average) }
    let intervals = bootstrap.intervals(sets)
    var cells = methods.indices.map { m in
      var cell = Cell(count: sets[m].count, mean: sets[m].mean, interval: intervals[m])
      for q in setting.requests.indices where column.covers(image: setting.requests[q].image) {
        switch setting.outcome(m, c, q) {
        case .notApplicable: cell.notApplicable += 1
        case .failed: cell.failed += 1
        default: break
        }
      }
      return cell
    }
    guard column.direction != .none, let best = best(cells, column.direction, methods) else { return cells }
    compare(&cells, sets, to: best, column.direction, test, level: level)
    return cells
  }

  /// The method, not a control, with the best mean; nil if there is none.
  private static func best(
    _ cells: [Cell], _ direction: MetricDirection, _ methods: [RunResults.Method]
  ) -> Int? {
    let candidates = cells.indices.filter { cells[$0].mean != nil && !methods[$0].isControl }
    return candidates.min { a, b in
      guard let x = cells[a].mean, let y = cells[b].mean else { return false }
      return direction == .lower ? x < y : x > y
    }
  }

  /// Tests every method against the best, on the images that both have numbers for.
  private static func compare(
    _ cells: inout [Cell], _ sets: [Observations], to best: Int, _ direction: MetricDirection,
    _ test: PairedTest,
    level: Double
  ) {
    var others: [Int] = []
    var p: [Double] = []
    var isAhead = true
    for m in cells.indices where m != best && cells[m].count > 0 {
      let (mine, theirs) = common(sets[best], sets[m])
      let parts = sets[best].contributions(against: sets[m], places: mine, otherPlaces: theirs)
      let difference = parts.reduce(0, +)
      others.append(m)
      p.append(test.p(parts))
      if direction == .lower ? difference >= 0 : difference <= 0 { isAhead = false }
    }
    let adjusted = PairedTest.holm(p)
    for (k, m) in others.enumerated() { cells[m].p = adjusted[k] }
    cells[best].isBest = isAhead && !others.isEmpty && adjusted.allSatisfy { $0 < level }
  }

  /// The places of the numbers about the same image and class in two lists, both in the order of the requests.
  private static func common(_ a: Observations, _ b: Observations) -> ([Int], [Int]) {
    var (i, j) = (0, 0)
    var found: ([Int], [Int]) = ([], [])
    while i < a.count, j < b.count {
      let (x, y) = ((a.requests[i], b.requests[j]))
      if x == y {
        found.0.append(i)
        found.1.append(j)
        i += 1
        j += 1
      } else if x < y {
        i += 1
      } else {
        j += 1
      }
    }
    return found
  }

  private static func agreement(
    _ columns: [RunResults.Column], _ methods: [RunResults.Method], _ cells: [[Cell]]
  ) -> [[Double?]] {
    columns.indices.map { a in
      columns.indices.map { b in
        guard columns[a].direction != .none, columns[b].direction != .none else { return nil }
        let both = methods.indices.filter {
          !methods[$0].isControl && cells[a][$0].mean != nil && cells[b][$0].mean != nil
        }
        guard both.count > 2 else { return nil }
        func values(_ c: Int) -> [Double] {
          both.map { (columns[c].direction == .lower ? -1 : 1) * (cells[c][$0].mean ?? 0) }
        }
        return Correlation.kendallTauB(values(a), values(b))
      }
    }
  }
}
