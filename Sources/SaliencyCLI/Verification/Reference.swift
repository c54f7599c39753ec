internal import HDF5
internal import SaliencyCore
internal import Support

/// A file of results that another program computed, to hold ours against.
struct Reference: ~Copyable {
  /// The network's input, `[N, H, W, C]`.
  let input: Tensor
  /// The class of each sample; empty where the file names none.
  let targets: [Int]
  /// The layer whose activations it holds; nil for the model's default.
  let layer: String?
  /// The model it was computed with, in the file's own words.
  let model: String?
  /// The names of the datasets, sorted.
  let names: [String]
  private var file: HDF5Reader

  /// Opens a file and reads its input.
  ///
  /// - Throws: `HDF5Error`, `ReferenceError`.
  init(path: String) throws {
    if let problem = RegularFile.problem(at: path) { throw ReferenceError.noFile(path, problem) }
    var reader = try HDF5Reader(path: path)
    let input = try Self.input(of: &reader, path: path)
    let targets = try Self.targets(in: reader.index, path: path)
    guard targets.isEmpty || targets.count == 1 || targets.count == input.batchSize else {
      throw ReferenceError.targetCount(file: path, found: targets.count, samples: input.batchSize)
    }
    names = reader.index.allDatasets.map(\.path)
    layer = reader.index.string("conv")
    model = reader.index.string("model")
    self.input = input
    self.targets = targets
    file = reader
  }

  private static func input(of reader: inout HDF5Reader, path: String) throws -> Tensor {
    guard let dataset = reader.index.dataset(at: "input") else {
      throw ReferenceError.noInput(file: path, datasets: reader.index.allDatasets.map(\.path))
    }
    guard dataset.shape.count >= 2, dataset.count > 0 else {
      throw ReferenceError.badInput(file: path, shape: dataset.shape)
    }
    return Tensor(shape: Shape(dataset.shape), scalars: try reader.floats(at: "input"))
  }

  private static func targets(in index: HDF5Index, path: String) throws(ReferenceError) -> [Int] {
    switch index.attribute("target") {
    case .integers(let values)?: return values.map { Int(clamping: $0) }
    case .doubles(let values)?: return values.compactMap { Int(exactly: $0) }
    case nil: return []
    default: throw ReferenceError.badTarget(file: path)
    }
  }

  /// A dataset's numbers; nil where the file has none of the name.
  mutating func values(_ name: String) throws(HDF5Error) -> Tensor? {
    guard let dataset = file.index.dataset(at: name) else { return nil }
    return Tensor(shape: Shape(dataset.shape), scalars: try file.floats(at: name))
  }

  /// A number that belongs to a dataset.
  func number(_ attribute: String, of dataset: String) -> Double? {
    file.index.number(attribute, of: dataset)
  }

  /// The number of numbers in a dataset.
  func count(_ name: String) -> Int { file.index.dataset(at: name)?.count ?? 0 }
}

/// Why a file cannot serve as a reference.
enum ReferenceError: Error, Equatable, CustomStringConvertible {
  case noFile(String, FileProblem)
  case noInput(file: String, datasets: [String])
  case badInput(file: String, shape: [Int])
  case badTarget(file: String)
  case targetCount(file: String, found: Int, samples: Int)
  /// The model cannot be asked what the reference answers.
  case doesNotFit(file: String, model: String, computedWith: String?, reason: String)
  case nothingToCheck(file: String, datasets: [String], known: [String])

  var description: String {
    switch self {
    case .noFile(let file, let problem):
      "\(file): \(problem.sentence(wanted: "an HDF5 file of results to compare with"))"
    case .doesNotFit(let file, let model, let computedWith, let reason):
      "\(file): it does not fit \(model)\(computedWith.map { " (it says it was computed with \($0))" } ?? ""): \(reason)"
    case .noInput(let file, let datasets):
      "\(file): found no dataset \"input\" (it has \(listed(datasets))), wanted the preprocessed input of the model, "
        + "(1, height, width, channels)"
    case .badInput(let file, let shape):
      "\(file): the dataset \"input\" has shape \(Shape(shape)), wanted (1, height, width, channels)"
    case .badTarget(let file):
      "\(file): its attribute \"target\" is no class index; wanted an integer"
    case .targetCount(let file, let found, let samples):
      "\(file): its attribute \"target\" names \(found) classes for \(samples) samples; wanted one, or one for each"
    case .nothingToCheck(let file, let datasets, let known):
      "\(file): found no dataset that can be checked (it has \(listed(datasets))), wanted at least one of "
        + known.joined(separator: ", ")
    }
  }

  private func listed(_ names: [String]) -> String {
    names.isEmpty ? "none" : names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", ..." : "")
  }
}
