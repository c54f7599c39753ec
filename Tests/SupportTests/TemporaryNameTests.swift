import Foundation
import Testing

@testable import Support

@Suite struct TemporaryNameTests {
  private let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "support-tests-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  private func write(_ path: String) {
    #expect(FileManager.default.createFile(atPath: path, contents: Data()))
  }

  /// The name that a process gives a file, made from this process's.
  private func name(pid: Int, started: String, place: String? = nil) -> String {
    let own = TemporaryName.path(beside: folder + "/table.csv")
    var parts = own.split(separator: ".").map(String.init)
    var mark = parts[parts.count - 2].split(separator: "-").map(String.init)
    (mark[1], mark[2]) = ("\(pid)", started)
    if let place { mark[0] = place }
    parts[parts.count - 2] = mark.joined(separator: "-")
    return folder + "/." + parts.suffix(4).joined(separator: ".")
  }

  @Test func aNameIsBesideItsFileAndNew() {
    let names = (0..<3).map { _ in TemporaryName.path(beside: folder + "/table.csv") }
    #expect(Set(names).count == 3)
    #expect(names.allSatisfy { $0.hasPrefix(folder + "/.table.csv.") && $0.hasSuffix(".partial") })
    #expect(TemporaryName.path(beside: "table.csv").hasPrefix("./.table.csv."))
    #expect(TemporaryName.path(beside: "/table.csv").hasPrefix("/./.table.csv."))
  }

  @Test func onlyWhatDeadProcessesLeftIsRemoved() throws {
    let current = ProcessIdentity.current
    let (mine, recycled) = (
      name(pid: current.pid, started: current.started), name(pid: current.pid, started: "1")
    )
    let (dead, elsewhere) = (
      name(pid: 4_194_305, started: "1"), name(pid: 1, started: "1", place: String(repeating: "a", count: 16))
    )
    for path in [mine, recycled, dead, elsewhere] { write(path) }
    for other in [".table.csv.123-4.partial", "weights.h5.partial", ".x.partial", "notes.txt"] {
      write(folder + "/" + other)
    }
    let plots = name(pid: 4_194_305, started: "2")
    try FileManager.default.createDirectory(atPath: plots, withIntermediateDirectories: true)
    write(plots + "/plot.png")
    TemporaryName.removeAbandoned(in: folder)
    let kept = [mine, elsewhere].map { ($0 as NSString).lastPathComponent }
    #expect(
      try names()
        == (kept + [".table.csv.123-4.partial", "weights.h5.partial", ".x.partial", "notes.txt"]).sorted())
    // A day after it last changed, no process of another machine writes it.
    var times = [
      timeval(tv_sec: time(nil) - 90_000, tv_usec: 0), timeval(tv_sec: time(nil) - 90_000, tv_usec: 0),
    ]
    #expect(utimes(elsewhere, &times) == 0)
    TemporaryName.removeAbandoned(in: folder)
    #expect(try !names().contains((elsewhere as NSString).lastPathComponent))
  }

  @Test func theFirstNameInAFolderRemovesWhatWasLeftThere() throws {
    let other = folder + "/other"
    try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
    let dead = other + "/" + (name(pid: 4_194_305, started: "1") as NSString).lastPathComponent
    write(dead)
    _ = TemporaryName.path(beside: other + "/table.csv")
    #expect(!FileManager.default.fileExists(atPath: dead))
  }
}
