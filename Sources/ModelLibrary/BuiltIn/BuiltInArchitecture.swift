internal import Foundation
public import Imaging
internal import KerasImport

/// An architecture of keras.applications: its configuration comes with the toolkit, its weights are fetched.
public struct BuiltInArchitecture: Sendable, Equatable {
  /// The name in keras.applications, such as `VGG16`.
  public let name: String
  /// What the official file of its ImageNet weights is called.
  public let file: String
  /// Where Keras keeps that file.
  public let address: String
  /// What Keras' sources say of the file; nil for the few of which they say nothing.
  public let checksum: Checksum?
  /// The number of learned numbers; the file takes four bytes for each, and a little.
  public let parameters: Int
  /// The size of the input in pixels.
  public let inputSize: InputSize
  /// How images are prepared: `none` where the network does it itself.
  public let preprocessing: Preprocessing

  package init(
    name: String, file: String, address: String, checksum: Checksum?, parameters: Int, inputSize: InputSize,
    preprocessing: Preprocessing
  ) {
    self.name = name
    self.file = file
    self.address = address
    self.checksum = checksum
    self.parameters = parameters
    self.inputSize = inputSize
    self.preprocessing = preprocessing
  }

  /// The size of the weights' file, within a few per cent: Keras' sources do not tell it.
  public var approximateBytes: Int { parameters * 4 }
}

/// The architectures that come with the toolkit, as data: what Keras' `to_json()` prints.
public enum BuiltInArchitectures {
  /// All of them, by name.
  public static let all: [BuiltInArchitecture] = {
    guard let bytes = try? archive()?.bytes(of: "index.json", limit: 1 << 20),
      let entries = try? JSONDecoder().decode([Entry].self, from: Data(bytes))
    else { return [] }
    return entries.compactMap(\.architecture)
  }()

  /// The architecture of a name, without regard to case.
  public static func named(_ name: String) -> BuiltInArchitecture? {
    all.first { $0.name.lowercased() == name.lowercased() }
  }

  /// The architecture whose official weights are called like this file, by Keras or where they are fetched from.
  public static func forFile(_ path: String) -> BuiltInArchitecture? {
    let name = (path as NSString).lastPathComponent
    return all.first { $0.file == name || ($0.address as NSString).lastPathComponent == name }
  }

  /// The architecture whose official weights without the last layers (`include_top=False`) are called like this file.
  public static func withoutTop(_ path: String) -> BuiltInArchitecture? {
    let stem = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    for ending in ["_notop", "_no_top", "-no-top", "_no_top_v2"] where stem.hasSuffix(ending) {
      return forFile(stem.dropLast(ending.count) + ".h5")
    }
    return nil
  }

  /// The configuration, as `to_json()` prints it.
  static func configuration(of architecture: BuiltInArchitecture) throws(LoadError) -> Architecture {
    try configuration(named: architecture.name)
  }

  /// The configuration of a name, as it is written.
  static func configuration(named name: String) throws(LoadError) -> Architecture {
    let entry = name + ".json"
    guard let bytes = try archive()?.bytes(of: entry, limit: 1 << 26) else {
      throw .badConfiguration(
        file: entry, reason: "the toolkit's own architectures are not where they were installed")
    }
    return .text(bytes, name: "built-in \(name)")
  }

  /// The names of ImageNet's 1000 classes, in the order of every official file of weights.
  static let imageNetLabels: [String]? = {
    guard let bytes = try? archive()?.bytes(of: "imagenet_labels.txt", limit: 1 << 20) else { return nil }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }()

  private static func archive() throws(LoadError) -> ZipArchive? {
    guard let url = Bundle.module.url(forResource: "architectures", withExtension: "zip") else { return nil }
    return try ZipArchive(path: url.path)
  }

  /// One entry of the index that make_architectures.py writes.
  private struct Entry: Decodable {
    var name, file, address: String
    var checksum: String?
    var parameters: Int
    var input: [Int]
    var preprocessing: String

    var architecture: BuiltInArchitecture? {
      guard let preprocessing = try? Preprocessing(preprocessing), input.count == 2 else { return nil }
      return BuiltInArchitecture(
        name: name, file: file, address: address, checksum: checksum.flatMap(Checksum.init),
        parameters: parameters,
        inputSize: InputSize(height: input[0], width: input[1]), preprocessing: preprocessing)
    }
  }
}
