internal import BundledWorld
internal import Foundation
internal import SaliencyCore
internal import Support

/// Where a model's file lies, and the card that belongs to it.
public struct ModelSource: Sendable {
  /// The file of the weights.
  public let path: String
  /// What is known of the model besides its file.
  public let card: ModelCard
  /// The sidecar the card was read from.
  public let cardPath: String?

  /// Finds a model by path or name: a model file, a sidecar, a folder with a `model.yaml`, or the name of a bundled model.
  ///
  /// - Throws: `LibraryError` if there is no such thing; `YAMLError` if its sidecar cannot be read.
  public init(_ nameOrPath: String) throws {
    switch RegularFile.problem(at: nameOrPath) {
    case nil: try self.init(existing: nameOrPath, isDirectory: false)
    case .directory?: try self.init(existing: nameOrPath, isDirectory: true)
    case .missing(let suggestion)?: try self.init(named: nameOrPath, suggestion: suggestion)
    case let problem?: throw LibraryError.noFile(nameOrPath, problem)
    }
  }

  private init(named name: String, suggestion: String?) throws {
    if let bundled = BundledModels.path(of: name) {
      try self.init(existing: bundled, isDirectory: false)
    } else if let builtIn = BuiltInArchitectures.named(name) {
      guard WeightCache.standard.holds(builtIn) else { throw LibraryError.weightsNeeded(builtIn.name) }
      try self.init(existing: WeightCache.standard.path(of: builtIn), isDirectory: false)
    } else {
      throw LibraryError.noModel(name, suggestion: suggestion, bundled: BundledModels.names)
    }
  }

  private init(existing path: String, isDirectory: Bool) throws {
    if isDirectory {
      let card = path.appending(component: Self.sharedCard)
      guard FileManager.default.fileExists(atPath: card) else { throw LibraryError.folder(path) }
      try self.init(card: card)
    } else if Self.cardSuffixes.contains((path as NSString).pathExtension.lowercased()) {
      try self.init(card: path)
    } else {
      let cardPath = try Self.card(for: path)
      let card = try cardPath.map { try ModelCard(contentsOf: $0) } ?? ModelCard()
      self.init(path: path, card: card, cardPath: cardPath)
    }
  }

  private init(card path: String) throws {
    let card = try ModelCard(contentsOf: path)
    guard let weights = card.weights else {
      throw YAMLError(file: path, line: nil, "the key \"weights\" is missing: which file is the model?")
    }
    self.init(
      path: path.enclosingFolder.appending(component: weights), card: card, cardPath: path)
  }

  private init(path: String, card: ModelCard, cardPath: String?) {
    self.path = path
    self.card = card
    self.cardPath = cardPath
  }

  /// A path from the card's folder.
  func beside(_ name: String) -> String {
    (cardPath ?? path).enclosingFolder.appending(component: name)
  }

  private static let sharedCard = "model.yaml"
  private static let cardSuffixes = ["yaml", "yml"]
  private static let modelSuffixes = ["h5", "hdf5", "keras", "model", "onnx"]

  /// `NAME.yaml` beside `NAME.h5`, or the folder's `model.yaml` where it is about this file.
  private static func card(for path: String) throws -> String? {
    let own = (path as NSString).deletingPathExtension + ".yaml"
    if FileManager.default.fileExists(atPath: own) { return own }
    let folder = path.enclosingFolder
    let shared = folder.appending(component: sharedCard)
    guard FileManager.default.fileExists(atPath: shared) else { return nil }
    let name = (path as NSString).lastPathComponent
    if let weights = try ModelCard(contentsOf: shared).weights { return weights == name ? shared : nil }
    // A card that names no file is about the only model of its folder: anything else would be a guess.
    let models = Folder.files(in: folder).filter {
      modelSuffixes.contains(($0 as NSString).pathExtension.lowercased())
    }
    guard models.count <= 1 else {
      throw YAMLError(
        file: shared, line: nil,
        "found \(models.count) models beside it (\(models.prefix(3).joined(separator: ", "))), and it does not say "
          + "which it is about; add \"weights: \(name)\" to it or name it "
          + (own as NSString).lastPathComponent)
    }
    return shared
  }
}

/// The models that come with the toolkit.
public enum BundledModels {
  private static var folder: String { BundledWorld.models.path }

  /// Their names, sorted.
  public static var names: [String] {
    Folder.files(in: folder).filter { $0.hasSuffix(".h5") }.map { String($0.dropLast(3)) }
  }

  /// The file of a model; nil if there is none of the name.
  static func path(of name: String) -> String? {
    guard !name.contains("/") else { return nil }
    let path = folder.appending(component: name + ".h5")
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }
}

/// What lies in a folder.
enum Folder {
  /// The names of the files in it, sorted; none where it cannot be read.
  static func files(in path: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path.isEmpty ? "." : path)) ?? []).sorted()
  }
}

extension String {
  fileprivate func appending(component: String) -> String {
    (self as NSString).appendingPathComponent(component)
  }
}
