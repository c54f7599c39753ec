import ArgumentParser
import Foundation
import HDF5
import Imaging
import KerasImport

/// A process of this program that opens one file after the other, and may die of one.
final class OpeningWorker {
  private let process = Process()
  private let requests = Pipe()
  private let answers = Pipe()

  init() throws {
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["open"]
    process.standardInput = requests
    process.standardOutput = answers
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  func stop() {
    try? requests.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// Has a file opened, and waits for how it went.
  func open(_ path: String, weights: String?, seconds: Double) -> OpeningOutcome {
    let start = ContinuousClock.now
    try? requests.fileHandleForWriting.write(contentsOf: Data("\(path)\t\(weights ?? "")\n".utf8))
    var text = ""
    while !text.hasSuffix("\n") {
      let left = seconds - (ContinuousClock.now - start) / .seconds(1)
      var watched = pollfd(fd: answers.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
      guard left > 0, poll(&watched, 1, Int32(left * 1000) + 1) > 0 else {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        return OpeningOutcome(end: .tooSlow, seconds: seconds, memory: 0)
      }
      let data = answers.fileHandleForReading.availableData
      guard !data.isEmpty else {
        process.waitUntilExit()
        return OpeningOutcome(
          end: .signal(process.terminationStatus), seconds: (ContinuousClock.now - start) / .seconds(1),
          memory: 0)
      }
      text += String(decoding: data, as: UTF8.self)
    }
    let parts = text.split(separator: " ")
    let end: OpeningOutcome.End =
      parts[0] == "loaded" ? .loaded : parts[0] == "contained" ? .contained : .refused
    return OpeningOutcome(
      end: end, seconds: (ContinuousClock.now - start) / .seconds(1), memory: Int(parts[1].dropLast()) ?? 0)
  }
}

/// What the worker runs: `path TAB weights` in, `outcome bytes` out.
struct Open: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Open the files named on standard input; used by `fuzz`.", shouldDisplay: false)

  func run() throws {
    while let line = readLine() {
      let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      Self.forgetPeak()
      let outcome = Self.open(parts[0], weights: parts.count > 1 && !parts[1].isEmpty ? parts[1] : nil)
      print("\(outcome) \(max(LoadTime.peak(), Self.peakOfChildren()))")
      fflush(nil)
    }
  }

  private static func open(_ path: String, weights: String?) -> String {
    do {
      switch FileKind(path) {
      case .png, .jpeg: _ = try Image(contentsOf: path)
      case .json: _ = try KerasModel.load(path: weights ?? path, architecture: .file(path))
      default:
        _ = try KerasModel.inspect(path: path)
        _ = try KerasModel.load(path: path)
      }
      return "loaded"
    } catch LoadError.file(.crashed), LoadError.file(.tooSlow) {
      return "contained"
    } catch {
      return "refused"
    }
  }

  /// Sets the most memory ever resident back to what is resident now.
  private static func forgetPeak() {
    try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
  }

  /// The most of any process started so far: libhdf5's.
  private static func peakOfChildren() -> Int {
    var usage = rusage()
    getrusage(-1, &usage)  // RUSAGE_CHILDREN
    return usage.ru_maxrss << 10
  }
}
