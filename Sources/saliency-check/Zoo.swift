import ArgumentParser
import Foundation
import HDF5
import KerasImport
import SaliencyCore

/// Loads models that Keras has saved and holds them against what Keras computed.
struct Zoo: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print how models saved by Keras compare with Keras' own results.",
    discussion: """
      Each NAME.ref.h5 in a folder holds `input`, `logits` and `gradient` (of the score of attribute `target`); beside it \
      stands NAME.h5, NAME.keras, or NAME.weights.h5 with NAME.json. Exits with 1 where an error is above its limit.
      """)

  @Argument(help: "Folders of models with references.")
  var folders: [String]

  @Option(help: "Most relative L2 error of the logits.")
  var logits = 1e-4

  @Option(help: "Most relative L2 error of the gradient.")
  var gradient = 1e-2

  func run() throws {
    print("| model | file | load s | logits | gradient | result |\n|---|---|---|---|---|---|")
    var gradients: [Double] = []
    var failures = 0
    for folder in folders {
      for file in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
        guard file.hasSuffix(".ref.h5") else { continue }
        let name = String(file.dropLast(7))
        do {
          let row = try compare(name, in: folder)
          let isFine = row.logits <= logits && row.gradient <= gradient
          if row.gradient.isFinite { gradients.append(row.gradient) }
          failures += isFine ? 0 : 1
          print(
            "| \(name) | \(row.file) | \(String(format: "%.2f", row.seconds)) | \(short(row.logits)) "
              + "| \(short(row.gradient)) | \(isFine ? "fine" : "above the limit") |")
        } catch {
          failures += 1
          print("| \(name) | \(folder) | | | | \(error) |")
        }
      }
    }
    let sorted = gradients.sorted()
    if !sorted.isEmpty {
      print("\nmedian error of the gradient: \(short(sorted[sorted.count / 2])) over \(sorted.count) models")
    }
    if failures > 0 { throw ExitCode(1) }
  }

  private struct Row {
    var file: String
    var seconds, logits, gradient: Double
  }

  private func short(_ value: Double) -> String { String(format: "%.1e", value) }

  private func compare(_ name: String, in folder: String) throws -> Row {
    var reference = try HDF5Reader(path: "\(folder)/\(name).ref.h5")
    let file = ["\(name).h5", "\(name).keras", "\(name).weights.h5"].first {
      FileManager.default.fileExists(atPath: "\(folder)/\($0)")
    }
    guard let file else { throw ValidationError("\(folder): no model \(name) beside its reference") }
    let architecture = "\(folder)/\(name).json"
    let hasArchitecture = FileManager.default.fileExists(atPath: architecture)
    let start = ContinuousClock.now
    // Models without a size of their own were given the size of the reference's input.
    let shape = try reference.dataset(at: "input").shape
    let model = try KerasModel.load(
      path: "\(folder)/\(file)", architecture: hasArchitecture ? .file(architecture) : nil,
      inputSize: shape.count == 4 ? (shape[1], shape[2]) : nil)
    let seconds = (ContinuousClock.now - start) / .seconds(1)

    let target = Int(reference.index.number("target") ?? 0)
    let input = Tensor(shape: Shape(shape), scalars: try reference.floats(at: "input"))
    let tape = try model.record(input, upTo: [model.score])
    let score = tape[model.score]
    var seed = Tensor(repeating: 0, shape: score.shape)
    seed.withUnsafeMutableScalars { $0[target] = 1 }
    let gradient = tape.pullback([model.score: seed], to: [model.input])[model.input]
    return Row(
      file: file, seconds: seconds,
      logits: difference(score.scalars, try reference.floats(at: "logits")),
      gradient: difference(gradient?.scalars ?? [], try reference.floats(at: "gradient")))
  }

  /// |a - b| / |b|.
  private func difference(_ a: [Float], _ b: [Float]) -> Double {
    guard a.count == b.count else { return .infinity }
    var (difference, norm) = (0.0, 0.0)
    for (x, y) in zip(a, b) {
      difference += Double(x - y) * Double(x - y)
      norm += Double(y) * Double(y)
    }
    return (difference / norm).squareRoot()
  }
}
