import ArgumentParser
import Foundation
import Testing

@testable import saliency_check

/// The fuzzer sees what it is meant to see, with shell scripts in place of `saliency`.
@Suite struct FuzzTests {
  private let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "saliency-fuzz-tests-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private func end(of script: String) throws -> CommandEnd {
    try MutantProcess(scratch: folder, seconds: 1).run(script)
  }

  @Test(
    arguments: [
      ("exit 0", nil), ("echo 'error: m.h5: found X, expected Y' >&2; exit 1", nil),
      ("echo note >&2; echo 'error: x; see `saliency --help`' >&2; exit 64", nil),
      ("exit 3", "exit code 3"), ("exit 1", "exit code 1 without an error"),
      ("kill -SEGV $$", "signal 11 (segmentation fault)"), ("kill -ILL $$", "signal 4 (illegal instruction)"),
      ("printf 'error: a\\nb.png: no such file\\n' >&2; exit 1", "its error is not one line"),
      (
        "echo 'error: Error Domain=NSCocoaErrorDomain Code=260' >&2; exit 1",
        "its error is a dump: Error Domain="
      ),
      ("echo 'Fatal error: index out of range' >&2", "its error is a dump: Fatal error"),
      ("printf 'error: \\033[31m\\n' >&2; exit 1", "its error holds control characters"),
      ("sleep 100", "it hangs"), ("ulimit -St 1; while :; do :; done", "it takes too much time"),
    ] as [(String, String?)])
  func everyBadEndIsAFinding(_ script: String, _ problem: String?) throws {
    #expect(try end(of: script).problem == problem)
  }

  @Test func memoryBeyondTheLimitEndsTheProcess() throws {
    var command = ShellCommand("-c", "x=x; while :; do x=$x$x; done")
    #expect(command.verb == "-c")
    let text = command.text(program: "/bin/sh", memory: 64, seconds: 20)
    let end = try MutantProcess(scratch: folder, seconds: 20).run(text)
    #expect(end.problem != nil)
    command.append([0xFF])
    #expect(command.text(program: "/bin/sh", memory: 1, seconds: 1).hasSuffix("\"$(printf '\\377')\""))
  }

  @Test(arguments: ["plain.png", "", "a b", "it's", "a$(id)`b`\"\\%", "é\n\t\u{1B}", "-x", "*?[a]~"])
  func theShellReadsWhatWasQuoted(_ word: String) throws {
    let end = try end(of: "printf %s \(ShellCommand.quoted(Array(word.utf8))) >&2")
    #expect(end.errors == word)
  }

  /// Runs a category with a script as the program.
  private func fuzz(_ script: String, _ options: String...) throws -> Int32 {
    let program = folder + "/program"
    try "#!/bin/sh\n\(script)\n".write(toFile: program, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
    let command = try FuzzCommand.parse(
      ["--category", "labels", "--program", program, "--keep", folder + "/kept"] + options)
    do { try command.run() } catch let code as ExitCode { return code.rawValue }
    return 0
  }

  private func kept() throws -> [String: Data] {
    let folders = try FileManager.default.contentsOfDirectory(atPath: folder + "/kept")
    return Dictionary(
      uniqueKeysWithValues: folders.map {
        ($0, FileManager.default.contents(atPath: "\(folder)/kept/\($0)/labels.txt") ?? Data())
      })
  }

  @Test func findingsAreKeptAndMadeAgain() throws {
    #expect(try fuzz("exit 0", "--mutants", "4") == 0)
    #expect(try fuzz("exit 3", "--mutants", "40", "--show", "40", "--jobs", "2") == 1)
    let all = try kept()
    #expect(all.count == 40 && Set(all.values).count > 30)
    #expect(try end(of: "sh '\(folder)/kept/labels-1-17/repeat.sh'").status == .exited(3))
    try FileManager.default.removeItem(atPath: folder + "/kept")
    #expect(try fuzz("exit 3", "--first", "17", "--mutants", "1") == 1)
    #expect(try kept() == ["labels-1-17": all["labels-1-17"] ?? Data()])
    #expect(try fuzz("exit 3", "--first", "17", "--mutants", "1", "--seed", "2") == 1)
    #expect(try kept()["labels-2-17"] != all["labels-1-17"])
  }

  @Test func findingsOfOneKindAreCounted() throws {
    #expect(try fuzz("exit 3", "--mutants", "9", "--show", "2") == 1)
    #expect(try kept().count == 2)
  }

  @Test func progressIsOneLine() throws {
    var report = FuzzReport()
    _ = report.add(try end(of: "exit 0"), nil, category: "labels")
    #expect(
      FuzzProgress.line(report, category: "labels", total: 3000) == "1 of 3000 mutants, 0 findings; labels")
  }

  @Test func categoriesHaveDistinctNames() {
    #expect(Set(fuzzCategories.map { $0.name }).count == fuzzCategories.count)
    #expect(throws: (any Error).self) { try FuzzCommand.parse(["--category", "nothing"]) }
  }
}
