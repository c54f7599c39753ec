import ArgumentParser
import Foundation
import KerasImport

/// The undamaged files that mutants are made of.
struct FuzzMaterial: Sendable {
  struct File: Sendable {
    let path: String
    let bytes: [UInt8]

    var name: String { (path as NSString).lastPathComponent }
    var suffix: String { (path as NSString).pathExtension.lowercased() }
    /// The path up to the first dot of the name: what a model, its weights and its architecture have in common.
    var stem: String {
      (path as NSString).deletingLastPathComponent + "/" + String(name.prefix { $0 != "." })
    }
    var text: String { String(decoding: bytes, as: UTF8.self) }
  }

  /// A folder for files that all mutants of a category share.
  let scratch: String
  /// The path of `saliency`.
  let program: String
  let seed: UInt64
  private let files: [File]

  /// Files of the package that are damaged unless others are given.
  private static let bundled = [
    "Data/scenes/scenes-gap.h5", "Data/scenes/scenes-gap.yaml",
    "Data/scenes/scenes-vgg.yaml", "Data/scenes/test/images/one-000.png",
    "Data/scenes/test/images/two-000.png", "Tests/ImagingTests/Fixtures",
    "Tests/KerasImportTests/Fixtures/saved.zip", "Tests/ONNXImportTests/Fixtures",
    "Experiments/benchmarks/scenes-benchmark/experiment.yaml",
    "Experiments/benchmarks/scenes-hans-tag/experiment.yaml",
    "Experiments/benchmarks/imagenet-squeezenet/experiment.yaml",
  ]

  private static let suffixes = ["h5", "hdf5", "keras", "onnx", "json", "yaml", "xml", "png", "jpg", "jpeg"]

  init(given: [String], bundled: Bool, scratch: String, program: String, seed: UInt64) throws {
    self.scratch = scratch
    self.program = program
    self.seed = seed
    let own = bundled ? Self.bundled.filter { FileManager.default.fileExists(atPath: $0) } : []
    var found: [File] = []
    for path in own + given {
      for file in try Self.files(at: path, unpackingTo: scratch) {
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: file)))
        if !bytes.isEmpty { found.append(File(path: Self.absolute(file), bytes: bytes)) }
      }
    }
    files = found
  }

  /// The files whose names end so.
  func files(_ suffixes: String...) -> [File] { files.filter { suffixes.contains($0.suffix) } }

  /// The models that can be loaded before they are damaged, of these suffixes.
  func models(_ suffixes: String...) -> [File] {
    files.filter { file in
      guard suffixes.contains(file.suffix) else { return false }
      do {
        _ = try KerasModel.load(path: file.path, architecture: architecture(for: file).map(Architecture.file))
        return true
      } catch LoadError.inputSizeNeeded {
        return true
      } catch {
        return false
      }
    }
  }

  /// The architecture that weights need.
  func architecture(for file: File) -> String? {
    files("json").first { $0.stem == file.stem && $0.text.contains("\"class_name\"") }?.path
  }

  /// The path of a file of the package.
  static func packaged(_ path: String) -> String { absolute(path) }

  private static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
  }

  private static func files(at path: String, unpackingTo scratch: String) throws -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ValidationError("\(path): no such file")
    }
    if path.hasSuffix(".zip") { return try files(at: unpacked(path, to: scratch), unpackingTo: scratch) }
    guard isFolder.boolValue else {
      return suffixes.contains((path as NSString).pathExtension.lowercased()) ? [path] : []
    }
    return try FileManager.default.contentsOfDirectory(atPath: path).sorted().map { "\(path)/\($0)" }
      .filter { suffixes.contains(($0 as NSString).pathExtension.lowercased()) }
  }

  /// Writes `CASE/model.h5` of an archive as `CASE.h5`, `CASE/architecture.json` as `CASE.json`, and so on.
  private static func unpacked(_ path: String, to scratch: String) throws -> String {
    let folder = scratch + "/" + ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let archive = try ZipArchive(path: path)
    for name in archive.names {
      let parts = name.split(separator: "/").map(String.init)
      guard parts.count == 2, suffixes.contains((name as NSString).pathExtension),
        let dot = parts[1].firstIndex(of: "."), let bytes = try archive.bytes(of: name, limit: 1 << 26)
      else { continue }
      try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(parts[0])\(parts[1][dot...])"))
    }
    return folder
  }
}

extension FuzzMaterial {
  /// An undamaged image, and an undamaged model that reads it.
  var picture: String { Self.packaged("Data/scenes/test/images/two-000.png") }
  var model: String { "scenes-gap" }

  /// A command that reads a model.
  func reading(
    model: String, architecture: String? = nil, in folder: String, _ random: inout MutantRandom
  ) -> ShellCommand {
    let options = architecture.map { ["--architecture", $0] } ?? []
    let input = ["--preprocessing", "unit"]
    switch random.integer(below: 4) {
    case 0: return ShellCommand(["inspect", model] + options)
    case 1:
      return ShellCommand(
        [
          "compare", picture, "--model", model, "--methods", "gradient,grad-cam", "--output",
          folder + "/maps.png",
        ]
          + input + options)
    default: return ShellCommand(["predict", picture, "--model", model] + input + options)
    }
  }

  /// A command that reads an image.
  func reading(image: String, in folder: String, _ random: inout MutantRandom) -> ShellCommand {
    switch random.integer(below: 4) {
    case 0:
      return ShellCommand(
        "compare", image, "--model", model, "--methods", "gradient,grad-cam", "--output", folder + "/maps.png"
      )
    case 1: return ShellCommand("predict", image, "--model", model, "--decode", "keras")
    default: return ShellCommand("predict", image, "--model", model)
    }
  }
}

extension FuzzMaterial {
  /// Runs a command that is no mutant's.
  func shell(_ command: String) throws -> CommandEnd {
    try MutantProcess(scratch: scratch, seconds: 60).run(command)
  }

  /// Runs `saliency` to make undamaged files.
  func saliency(_ words: String...) throws {
    let command = ShellCommand(words)
    let end = try shell(command.text(program: program, memory: 4096, seconds: 60))
    guard end.status == .exited(0) else {
      throw PreparationError(
        description: "saliency \(words.joined(separator: " ")): \(end.problem ?? end.errors)")
    }
  }
}

/// Undamaged files could not be made.
struct PreparationError: Error, CustomStringConvertible {
  let description: String
}

extension [UInt8] {
  func write(to path: String) throws { try Data(self).write(to: URL(fileURLWithPath: path)) }
}
