import Dispatch
import Foundation
import Synchronization

/// Makes mutants, has them read, and prints what is found.
final class FuzzRun: Sendable {
  private let material: FuzzMaterial
  private let seed: UInt64
  private let limits: (memory: Int, seconds: Int)
  private let jobs: Int
  private let keep: String
  private let show: Int
  private let isVerbose: Bool
  private let counted = Mutex(FuzzReport())

  init(_ command: FuzzCommand, _ material: FuzzMaterial) {
    self.material = material
    seed = command.seed
    limits = (command.memory, command.seconds)
    jobs = command.jobs
    show = command.show
    isVerbose = command.verbose
    keep =
      command.keep.hasPrefix("/")
      ? command.keep : FileManager.default.currentDirectoryPath + "/" + command.keep
  }

  var report: FuzzReport { counted.withLock(\.self) }

  /// Runs the mutants of one category.
  func run(_ category: any FuzzCategory, named name: String, numbers: Range<Int>) throws {
    let next = Atomic(numbers.lowerBound)
    let failure = Mutex<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: jobs) { job in
      while failure.withLock({ $0 == nil }) {
        let number = next.add(1, ordering: .relaxed).oldValue
        guard number < numbers.upperBound else { return }
        do {
          try run(category, named: name, number, in: "\(material.scratch)/\(name)-\(job)")
        } catch {
          failure.withLock { $0 = error }
        }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  private func run(_ category: any FuzzCategory, named name: String, _ number: Int, in scratch: String) throws
  {
    let files = FileManager.default
    let folder = scratch + "/mutant"
    try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { removeTree(scratch) }
    var random = MutantRandom(seed: seed, category: name, number: number)
    let mutant = try category.mutant(number, &random, in: folder)
    let command = mutant.command.text(
      program: material.program, memory: limits.memory, seconds: limits.seconds)
    let end = try MutantProcess(scratch: scratch, seconds: limits.seconds).run(command)
    let kept = "\(keep)/\(name)-\(seed)-\(number)"
    let finding = end.problem.map { problem in
      Finding(
        category: name, number: number, change: mutant.change, problem: problem,
        command: command.replacingOccurrences(of: folder, with: kept), verb: mutant.command.verb)
    }
    if isVerbose {
      let said = end.errors.split(separator: "\n").last.map { ": \($0.prefix(300))" } ?? ""
      print("\(name) \(number), \(mutant.command.verb), \(mutant.change): \(end.status)\(said)")
    }
    let before = counted.withLock { $0.add(end, finding, category: name) }
    guard let finding, before < show else { return }
    try? files.createDirectory(atPath: keep, withIntermediateDirectories: true)
    removeTree(kept)
    try? files.moveItem(atPath: folder, toPath: kept)
    write(finding, end)
  }

  private func write(_ finding: Finding, _ end: CommandEnd) {
    let said = end.errors.prefix(400).split(separator: "\n").prefix(4).map { "    | \($0)" }
    let lines =
      [
        "\(finding.category) \(finding.number) (seed \(seed)), \(finding.change): \(finding.problem), "
          + "\(String(format: "%.1f", end.seconds)) s, \(end.memory >> 20) MiB", "    (\(finding.command))",
      ] + said
    print(lines.joined(separator: "\n"))
    fflush(nil)
  }

  /// Removes a folder.
  ///
  /// Foundation removes none that holds a name which is not UTF-8; the shell does.
  private func removeTree(_ path: String) {
    try? FileManager.default.removeItem(atPath: path)
    guard FileManager.default.fileExists(atPath: path) else { return }
    _ = try? material.shell("rm -rf \(ShellCommand.quoted(Array(path.utf8)))")
  }
}
