import ArgumentParser
import Foundation
import HDF5
import KerasImport
import ONNXImport
import SaliencyCore

/// Loads models that Keras or PyTorch has saved and compares them with what those computed.
struct Zoo: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print how models saved by Keras or PyTorch compare with their own results: model by folder.",
    discussion: """
      Each NAME.ref.h5 in a folder holds `input`, `logits` and `gradient` (of the score of attribute `target`); beside it \
      stands NAME.h5, NAME.keras, NAME.onnx, or NAME.weights.h5 with NAME.json. Exits with 1 where an error is above its limit.
      """)

  @Argument(help: "Folders of models with references.")
  var folders: [String]

  @Option(help: "Most relative L2 error of the logits.")
  var logits = 1e-4

  @Option(
    help: "Most relative L2 error of the gradient; twice attribute `rounding` of a reference is allowed.")
  var gradient = 1e-2

  func run() throws {
    var table = ZooTable(columns: folders.map { URL(fileURLWithPath: $0).lastPathComponent })
    var failures: [String] = []
    for (column, folder) in folders.enumerated() {
      for name in try references(in: folder) {
        do {
          let row = try compare(name, in: folder)
          table.add(row, model: name, column: column)
          if row.isComparable, !(row.logits <= logits && row.gradient <= max(gradient, 2 * row.rounding)) {
            failures.append("\(folder)/\(row.file): above the limit")
          }
        } catch {
          failures.append("\(folder)/\(name): \(error)")
        }
      }
    }
    print(table.text)
    for failure in failures { print(failure) }
    if !failures.isEmpty { throw ExitCode(1) }
  }

  /// The names of the models in a folder that have a reference.
  private func references(in folder: String) throws -> [String] {
    let expected = "expected a folder with models and their NAME.ref.h5"
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
      throw ZooError(description: "\(folder): found no such folder, \(expected)")
    }
    guard isFolder.boolValue else { throw ZooError(description: "\(folder): found a file, \(expected)") }
    let files: [String]
    do { files = try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
      throw ZooError(description: "\(folder): cannot be read: \(error.localizedDescription)")
    }
    let names = files.filter { $0.hasSuffix(".ref.h5") }.map { String($0.dropLast(7)) }
    guard !names.isEmpty else {
      throw ZooError(description: "\(folder): found \(files.count) files without a reference, \(expected)")
    }
    return names.sorted()
  }

  private func compare(_ name: String, in folder: String) throws -> ZooTable.Cell {
    var reference = try HDF5Reader(path: "\(folder)/\(name).ref.h5")
    let file = ["\(name).h5", "\(name).keras", "\(name).onnx", "\(name).weights.h5"].first {
      FileManager.default.fileExists(atPath: "\(folder)/\($0)")
    }
    guard let file else { throw ValidationError("\(folder): no model \(name) beside its reference") }
    let architecture = "\(folder)/\(name).json"
    let hasArchitecture = FileManager.default.fileExists(atPath: architecture)
    let start = ContinuousClock.now
    // Models without a size of their own were given the size of the reference's input.
    let shape = try reference.dataset(at: "input").shape
    let size = shape.count == 4 ? (shape[1], shape[2]) : nil
    let path = "\(folder)/\(file)"
    let model =
      ONNXModel.recognises(path: path)
      ? try ONNXModel.load(path: path, inputSize: size)
      : try KerasModel.load(
        path: path, architecture: hasArchitecture ? .file(architecture) : nil, inputSize: size)
    let seconds = (ContinuousClock.now - start) / .seconds(1)

    let target = Int(reference.index.number("target") ?? 0)
    let input = Tensor(shape: Shape(shape), scalars: try reference.floats(at: "input"))
    let tape = try model.record(input, upTo: [model.score])
    let score = tape[model.score]
    var seed = Tensor(repeating: 0, shape: score.shape)
    seed.withUnsafeMutableScalars { $0[target] = 1 }
    let gradient = try tape.pullback([model.score: seed], to: [model.input])[model.input]
    let wanted = try reference.floats(at: "logits")
    return ZooTable.Cell(
      file: file, seconds: seconds, logits: difference(score.scalars, wanted),
      gradient: difference(gradient?.scalars ?? [], try reference.floats(at: "gradient")),
      rounding: reference.index.number("rounding") ?? 0,
      isComparable: wanted.allSatisfy(\.isFinite))
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

/// Why a folder cannot be compared.
struct ZooError: Error, CustomStringConvertible {
  var description: String
}

/// Models by formats: seconds to load, error of the logits, error of the gradient.
struct ZooTable {
  struct Cell {
    var file: String
    var seconds, logits, gradient: Double
    /// By how much the reference's own gradient in single precision differs; 0 if that is not known.
    var rounding = 0.0
    /// False where the reference itself is NaN.
    var isComparable = true
  }

  var columns: [String]
  private var models: [String] = []
  private var cells: [String: [Int: Cell]] = [:]

  init(columns: [String]) { self.columns = columns }

  mutating func add(_ cell: Cell, model: String, column: Int) {
    if cells[model] == nil { models.append(model) }
    cells[model, default: [:]][column] = cell
  }

  /// A Markdown table, and what the errors come to.
  var text: String {
    var lines = [
      "| model | \(columns.joined(separator: " | ")) |", "|---|" + columns.map { _ in "---|" }.joined(),
    ]
    for model in models {
      let row = columns.indices.map { column in cells[model]?[column].map(text) ?? "-" }
      lines.append("| \(model) | \(row.joined(separator: " | ")) |")
    }
    let all = cells.values.flatMap(\.values).filter(\.isComparable)
    return (lines + ["", summary("logits", all.map(\.logits)), summary("gradient", all.map(\.gradient))])
      .joined(separator: "\n")
  }

  private func text(_ cell: Cell) -> String {
    let seconds = String(format: "%.2f s", cell.seconds)
    return cell.isComparable
      ? "\(seconds), \(short(cell.logits)), \(short(cell.gradient))" : "\(seconds), the reference is NaN"
  }

  private func summary(_ what: String, _ errors: [Double]) -> String {
    let sorted = errors.sorted()
    guard let worst = sorted.last else { return "\(what): nothing was compared" }
    return
      "\(what): median error \(short(sorted[sorted.count / 2])), worst \(short(worst)), over \(sorted.count) files"
  }

  private func short(_ value: Double) -> String { String(format: "%.1e", value) }
}
