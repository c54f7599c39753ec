internal import HDF5
internal import SaliencyCore
public import Support

/// A file of results that another program computed.
struct Reference: ~Copyable {
  /// The network's input, `[N, H, W, C]`.
  let input: Tensor
  /// The class of each sample; empty if the file names none.
  let targets: [Int]
  /// The layer whose activations it holds; nil for the model's default.
  let layer: String?
  /// The model that it was computed with, as the file names it.
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

  /// The values of the first dataset with one of some names; nil if there is none.
  mutating func values(ofAny names: [String]) throws(HDF5Error) -> Tensor? {
    guard let name = names.first(where: { file.index.dataset(at: $0) != nil }),
      let dataset = file.index.dataset(at: name)
    else { return nil }
    return Tensor(shape: Shape(dataset.shape), scalars: try file.floats(at: name))
  }

  /// A numerical attribute of a dataset.
  func number(_ attribute: String, of dataset: String) -> Double? {
    file.index.number(attribute, of: dataset)
  }
}

/// Why a file is not a reference for a model.
public enum ReferenceError: Error, Equatable, CustomStringConvertible {
  /// There is no such file.
  case noFile(String, FileProblem)
  /// The file has no dataset `input`.
  case noInput(file: String, datasets: [String])
  /// The dataset `input` has another shape.
  case badInput(file: String, shape: [Int])
  /// The attribute `target` is not an integer.
  case badTarget(file: String)
  /// The number of targets is not that of the samples.
  case targetCount(file: String, found: Int, samples: Int)
  /// The model cannot compute the results of the reference.
  case doesNotFit(file: String, model: String, computedWith: String?, reason: String)
  /// The file has no known dataset.
  case nothingToCheck(file: String, datasets: [String], known: [String])

  public var description: String {
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
