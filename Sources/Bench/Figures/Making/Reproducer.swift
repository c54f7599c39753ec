internal import Figures
internal import Foundation
public import ModelLibrary
internal import SaliencyCore
internal import Support

/// Makes the figures of an experiment and writes them into a folder.
public struct Reproducer: Sendable {
  private let experiment: Experiment
  private let images: [DatasetImage]
  private let folder: String
  private let substitution: Substitution

  /// Lists the images; no image is decoded and no model loaded yet.
  ///
  /// - Parameters:
  ///   - path: The experiment's file; relative paths in it start from its folder.
  ///   - substitution: The model and images to use in place of the bundled ones.
  /// - Throws: `YAMLError` with the line of the error.
  public init(
    path: String, catalogs: Catalogs, substitution: Substitution = Substitution()
  ) throws(YAMLError) {
    try self.init(
      Experiment(contentsOf: path, catalogs: catalogs), folder: path.enclosingFolder,
      substitution: substitution)
  }

  /// Lists the images; no image is decoded and no model loaded yet.
  ///
  /// - Parameter folder: The folder that relative paths of the experiment start from.
  public init(
    _ experiment: Experiment, folder: String, substitution: Substitution = Substitution()
  ) throws(YAMLError) {
    self.experiment = experiment
    self.folder = folder
    self.substitution = substitution
    images = try ImageSet(
      substitution.images ?? experiment.images, folder: substitution.images == nil ? folder : "",
      seed: experiment.seed
    ).images
  }

  public var name: String { experiment.name }

  /// The paths of the images.
  public var imageFiles: [String] { images.map(\.path) }

  /// Whether a figure may write a file of this name.
  public static func isWritten(_ name: String) -> Bool {
    ["png", "pdf", "svg", "csv", "md", "tex", "txt", "json"].contains {
      name.lowercased().hasSuffix("." + $0)
    }
  }

  public var figureNames: [String] { experiment.figureNames }

  /// The files that were written, and remarks about them.
  public struct Written: Sendable {
    /// The names of the files, in order.
    public var files: [String] = []
    /// Figures that were not made, and why.
    public var remarks: [String] = []
    /// How many forward passes were made besides those of methods and metrics.
    var forwardPasses = 0
  }

  /// Makes every figure and writes it.
  ///
  /// - Parameters:
  ///   - output: The folder, which must be there.
  ///   - formats: The formats of drawings: `png`, `pdf`, `svg`.
  ///   - store: Keeps maps and values, so that a second run computes none of them; nil to keep nothing.
  ///   - progress: Called with the name of each figure before it is made.
  /// - Throws: `FileWriteError`. A figure that cannot be made stops no other: it is a remark.
  public func run(
    into output: String, formats: [String], store: RunStore? = nil,
    progress: (String) -> Void = { _ in }
  ) throws -> Written {
    guard let store else { return try run(output, formats, store: nil, progress) }
    return try store.use { store in
      defer { try? store.checkpoint() }
      return try run(output, formats, store: FigureStore(store), progress)
    }
  }

  func run(
    _ output: String, _ formats: [String], store: FigureStore?, _ progress: (String) -> Void = { _ in }
  ) throws -> Written {
    let context = FigureContext(
      images: images, seed: experiment.seed, substitution: substitution, folder: folder, store: store)
    var written = Written()
    for figure in experiment.figures {
      progress(figure.name)
      let frame = FigureFrame(
        name: figure.name, title: figure.title,
        caption: [figure.caption, substitution.words].filter { !$0.isEmpty }.joined(separator: " "),
        base: substitution.withTarget(
          substitution.applied(to: figure.defaults.withDefaults(experiment.figureBase))))
      do {
        if figure.comparesModels, substitution.model != nil { throw SettingError.comparesModels }
        for product in try figure.kind.make(frame, in: context) {
          if case .remark(let words) = product { written.remarks.append("\(experiment.name): \(words)") }
          written.files += try write(product, into: output, formats: formats)
        }
      } catch let error as FileWriteError {
        throw error
      } catch {
        written.remarks.append("\(experiment.name): \"\(figure.name)\" was not made: \(error)")
      }
      if let failure = store?.failure { throw failure }
    }
    written.remarks += context.warnings
    written.forwardPasses = context.counter.total
    return written
  }

  private func write(_ product: Product, into folder: String, formats: [String]) throws -> [String] {
    switch product {
    case .panel(let panel, let name, let style):
      let files = formats.map { "\(name).\($0)" }
      try FigureRenderer(style: style).write(panel, to: files.map { "\(folder)/\($0)" })
      return files
    case .plot(let plot, let name):
      let files = formats.map { "\(name).\($0)" }
      try FigureRenderer().write(plot, to: files.map { "\(folder)/\($0)" })
      return files
    case .text(let text, let name):
      try AtomicFile.write(text, to: "\(folder)/\(name)")
      return [name]
    case .remark: return []
    }
  }
}
