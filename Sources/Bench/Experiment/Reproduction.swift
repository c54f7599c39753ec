internal import Foundation
public import ModelLibrary
internal import Support

/// The figures of several experiments, each in a folder of its own below one folder.
public struct Reproduction: Sendable {
  private let reproducers: [Reproducer]

  /// - Parameters:
  ///   - paths: The files of the experiments.
  ///   - substitution: What takes the place of their models, images, and targets.
  ///   - seed: Takes the place of their seeds.
  /// - Throws: `YAMLError` with the line of what is wrong.
  public init(
    paths: [String], catalogs: Catalogs, substitution: Substitution = Substitution(), seed: UInt64? = nil
  ) throws(YAMLError) {
    var reproducers: [Reproducer] = []
    for path in paths {
      var experiment = try Experiment(contentsOf: path, catalogs: catalogs)
      experiment.seed = seed ?? experiment.seed
      reproducers.append(
        try Reproducer(experiment, folder: path.enclosingFolder, substitution: substitution))
    }
    self.reproducers = reproducers
  }

  /// What was written for one experiment.
  public struct Record: Sendable, Encodable {
    public let name: String
    /// Its folder.
    public let folder: String
    /// The names of the files in the folder.
    public let files: [String]
    /// Figures that were not drawn, and why.
    public let remarks: [String]
  }

  /// The paths of all images.
  public var imageFiles: [String] { reproducers.flatMap(\.imageFiles) }

  /// The number of figures.
  public var figureCount: Int { reproducers.reduce(0) { $0 + $1.figureNames.count } }

  /// The folders of the experiments below a folder.
  public func folders(in output: String) -> [String] { reproducers.map { Self.folder(of: $0, in: output) } }

  private static func folder(of reproducer: Reproducer, in output: String) -> String {
    (output as NSString).appendingPathComponent(reproducer.name)
  }

  /// Draws every figure and writes it.
  ///
  /// - Parameters:
  ///   - output: The folder of the folders; made if it is missing.
  ///   - formats: Of images: `png`, `pdf`, `svg`.
  ///   - progress: Called before each figure with its experiment and its name.
  ///   - finished: Called after each experiment.
  /// - Throws: `FileWriteError`, `StoreError`. A figure that cannot be drawn is a remark of its record.
  @discardableResult
  public func run(
    into output: String, formats: [String], progress: (_ experiment: String, _ figure: String) -> Void,
    finished: (Record) -> Void
  ) throws -> [Record] {
    try reproducers.map { reproducer in
      let folder = Self.folder(of: reproducer, in: output)
      try OutputFolder.make(folder)
      let written = try reproducer.run(into: folder, formats: formats, store: RunStore(folder: folder)) {
        progress(reproducer.name, $0)
      }
      let record = Record(
        name: reproducer.name, folder: folder, files: written.files, remarks: written.remarks)
      finished(record)
      return record
    }
  }
}

extension ImageSource {
  /// The images of a path: a folder, or a file.
  public init(path: String) {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    self.init(exists && isFolder.boolValue ? .folder(path) : .file(path))
  }
}
