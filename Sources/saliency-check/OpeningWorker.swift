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
  ///
  /// - Parameter seconds: The most processor time. Time on the clock is the machine's other work as well, so only
  ///   twelve times as much of it counts as a hang.
  func open(_ path: String, weights: String?, seconds: Double) -> OpeningOutcome {
    let (start, used) = (ContinuousClock.now, processorSeconds)
    func spent() -> Double { processorSeconds - used }
    try? requests.fileHandleForWriting.write(contentsOf: Data("\(path)\t\(weights ?? "")\n".utf8))
    var text = ""
    while !text.hasSuffix("\n") {
      var watched = pollfd(fd: answers.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
      if poll(&watched, 1, 100) <= 0 {
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        guard spent() > seconds || elapsed > 12 * seconds else { continue }
        let outcome = OpeningOutcome(end: .tooSlow, seconds: spent(), memory: 0)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        return outcome
      }
      let data = answers.fileHandleForReading.availableData
      guard !data.isEmpty else {
        process.waitUntilExit()
        return OpeningOutcome(end: .signal(process.terminationStatus), seconds: 0, memory: 0)
      }
      text += String(decoding: data, as: UTF8.self)
    }
    let parts = text.split(separator: " ")
    let end: OpeningOutcome.End =
      parts[0] == "loaded" ? .loaded : parts[0] == "contained" ? .contained : .refused
    return OpeningOutcome(end: end, seconds: spent(), memory: Int(parts[1].dropLast()) ?? 0)
  }

  /// Processor time of the worker and of all it has started.
  private var processorSeconds: Double {
    let identifier = process.processIdentifier
    let children =
      (try? String(contentsOfFile: "/proc/\(identifier)/task/\(identifier)/children", encoding: .utf8)) ?? ""
    let all = [String(identifier)] + children.split(separator: " ").map(String.init)
    return all.map(Self.processorSeconds).reduce(0, +)
  }

  /// `utime`, `stime`, `cutime` and `cstime` of /proc/PID/stat, which follow the name in parentheses.
  private static func processorSeconds(of identifier: String) -> Double {
    guard let stat = try? String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8),
      let end = stat.lastIndex(of: ")")
    else { return 0 }
    let fields = stat[end...].split(separator: " ").compactMap { Double($0) }
    // After the parenthesis come the state, which is no number, and ten fields more.
    return fields.count > 13 ? fields[10...13].reduce(0, +) / Double(sysconf(Int32(_SC_CLK_TCK))) : 0
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
