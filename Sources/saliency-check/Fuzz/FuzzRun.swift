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
  private let progress: FuzzProgress

  init(_ command: FuzzCommand, _ material: FuzzMaterial) {
    self.material = material
    seed = command.seed
    limits = (command.memory, command.seconds)
    jobs = command.jobs
    show = command.show
    progress = FuzzProgress(total: command.mutants)
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
    progress.clear()
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
    progress.show(report, category: name)
    guard let finding, before < show else { return }
    try? files.createDirectory(atPath: keep, withIntermediateDirectories: true)
    removeTree(kept)
    try? files.moveItem(atPath: folder, toPath: kept)
    let lines = self.lines(of: finding, end)
    try? script(finding, lines).write(toFile: "\(kept)/repeat.sh", atomically: true, encoding: .utf8)
    progress.clear()
    print(lines.joined(separator: "\n"))
    fflush(nil)
  }

  /// A shell script that runs the command of a finding again, with the report as its comment.
  private func script(_ finding: Finding, _ lines: [String]) -> String {
    let comment = lines.flatMap { $0.split(separator: "\n") }.map { "# \($0)\n" }.joined()
    return "#!/bin/sh\n\(comment)\(finding.command)\n"
  }

  private func lines(of finding: Finding, _ end: CommandEnd) -> [String] {
    let said = end.errors.prefix(400).split(separator: "\n").prefix(4).map { "    | \($0)" }
    return [
      "\(finding.category) \(finding.number) (seed \(seed)), \(finding.change): \(finding.problem), "
        + "\(String(format: "%.1f", end.seconds)) s, \(end.memory >> 20) MiB", "    (\(finding.command))",
    ] + said
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
