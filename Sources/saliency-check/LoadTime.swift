import ArgumentParser
import Foundation
import HDF5
import KerasImport
import SaliencyCore

/// Holds the time to load a model against the time to read its bytes.
struct LoadTime: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "load",
    abstract: "Print how long a model takes to load, against reading its file, and the memory it takes.")

  @Argument(help: "A model file.")
  var file: String

  @Option(help: "How often; the best and the median are printed.")
  var runs = 5

  func run() throws {
    let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
    let before = Self.peak()
    // The first load is measured for memory, before anything has been given back for use again.
    let first = try seconds { _ = try KerasModel.load(path: file) }
    let memory = Self.peak() - before
    // Of a large file the tensors are the file, mapped: what it takes to have every weight in memory is told as well.
    var sum = 0.0
    let touching = try seconds { sum = Self.sumOfWeights(of: try KerasModel.load(path: file)) }
    let touched = Self.peak() - before
    let loads = try (0..<runs).map { _ in try seconds { _ = try KerasModel.load(path: file) } }.sorted()
    let reads = try (0..<runs).map { _ in try seconds { try readThrough() } }.sorted()
    print("file: \(size >> 20) MiB; most memory while loading: \(memory >> 20) MiB")
    print(
      String(
        format:
          "load: first %.3f s, best %.3f s, median %.3f s; reading the bytes: best %.3f s, median %.3f s",
        first, loads[0], loads[runs / 2], reads[0], reads[runs / 2]))
    print(
      String(
        format:
          "load and add up every weight (%.6g): %.3f s; most memory then: %d MiB, the mapped file included",
        sum, touching, touched >> 20))
    print(
      String(
        format: "first load / reading: %.2f (of the medians: %.2f)", first / reads[runs / 2],
        loads[runs / 2] / reads[runs / 2]))
  }

  private static func sumOfWeights(of model: Model) -> Double {
    var sum = 0.0
    for case let layer as any ParametricLayer in model.graph.nodes.compactMap(\.layer) {
      for parameter in layer.parameters {
        parameter.value.withUnsafeScalars { sum += $0.reduce(0) { $0 + Double($1) } }
      }
    }
    return sum
  }

  private func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start) / .seconds(1)
  }

  /// What `cat FILE > /dev/null` does.
  private func readThrough() throws {
    let cat = Process()
    cat.executableURL = URL(fileURLWithPath: "/bin/cat")
    cat.arguments = [file]
    cat.standardOutput = FileHandle(forWritingAtPath: "/dev/null")
    try cat.run()
    cat.waitUntilExit()
  }

  /// The most memory ever resident, in bytes.
  static func peak() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) << 10
  }
}
