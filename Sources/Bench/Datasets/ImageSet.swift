internal import Foundation
public import ModelLibrary
internal import SaliencyCore
internal import Support

/// The images of an experiment, in its order.
public struct ImageSet: Sendable {
  public let images: [DatasetImage]

  /// Lists the images of the sources; no image is decoded yet.
  ///
  /// - Parameters:
  ///   - folder: What relative paths are relative to: the experiment's folder.
  ///   - seed: What `sample:` draws by.
  /// - Throws: `YAMLError` with the line of the source at fault.
  public init(_ sources: [ImageSource], folder: String, seed: UInt64) throws(YAMLError) {
    var images: [DatasetImage] = []
    var problems = YAMLProblems()
    for (i, source) in sources.enumerated() {
      guard let found = problems.read(try source.listed(folder: folder, seed: seed)) else { continue }
      images += found.map { image in
        var copy = image
        copy.source = i
        return copy
      }
    }
    try problems.check()
    self.images = Self.distinctlyNamed(images)
  }

  /// Names that several images have become paths, and numbered ones where even these are the same.
  private static func distinctlyNamed(_ images: [DatasetImage]) -> [DatasetImage] {
    var counts: [String: Int] = [:]
    for image in images { counts[image.name, default: 0] += 1 }
    var seen: [String: Int] = [:]
    return images.map { image in
      var copy = image
      if counts[image.name, default: 0] > 1 { copy.name = image.path }
      let times = seen[copy.name, default: 0] + 1
      seen[copy.name] = times
      if times > 1 { copy.name += " (\(times))" }
      return copy
    }
  }
}

extension ImageSource {
  /// The images.
  ///
  /// - Throws: `YAMLError` with the line of the source, or of its key that is at fault: a folder that does not exist, or one
  ///   that holds none of the images that the annotations name.
  fileprivate func listed(folder: String, seed: UInt64) throws(YAMLError) -> [DatasetImage] {
    let images: [DatasetImage]
    do {
      for (key, path) in folders where !FolderImages.isFolder(Self.full(path, folder)) {
        throw error("\(path): no such folder", at: key)
      }
      images = try self.images(folder: folder, seed: seed)
    } catch let problem as DatasetError {
      throw error("\(problem)")
    } catch let problem as YAMLError {
      throw problem
    } catch { throw self.error("\(error)") }
    if case .memory = kind { return images }
    if let first = images.first,
      !images.contains(where: { FileManager.default.fileExists(atPath: $0.path) })
    {
      throw error(
        "\(first.path): no such file, and none of the source's \(images.count) images exists; give the folder of "
          + "the images (images: ...)", at: "images")
    }
    return images
  }

  /// The folders that are named beside the annotations, by their keys.
  private var folders: [(key: String, path: String)] {
    switch kind {
    case .coco(_, let images?): [("images", images)]
    case .voc(_, let images, let segmentation):
      [("images", images), ("segmentation", segmentation)].compactMap { key, path in path.map { (key, $0) } }
    default: []
    }
  }

  private func error(_ problem: String, at key: String? = nil) -> YAMLError {
    let place = key.flatMap { keyOrigins[$0] } ?? origin
    return YAMLError(file: place.file ?? "images", line: place.line, problem)
  }

  /// A path of the experiment; as with models, one that a user gave with the command is from where the command was given.
  private static func full(_ path: String, _ folder: String) -> String {
    guard !path.hasPrefix("/"), !folder.isEmpty, folder != "." else { return path }
    let beside = (folder as NSString).appendingPathComponent(path)
    let files = FileManager.default
    return !files.fileExists(atPath: beside) && files.fileExists(atPath: path) ? path : beside
  }

  private func images(folder: String, seed: UInt64) throws(DatasetError) -> [DatasetImage] {
    func full(_ path: String) -> String { Self.full(path, folder) }
    let all: [DatasetImage]
    switch kind {
    case .bundled(let name): all = try BundledImages.images(of: name)
    case .memory(let images): all = try DatasetImage.sharingClasses(images)
    case .file(let path): all = try FolderImages.file(full(path))
    case .folder(let path):
      guard FileManager.default.fileExists(atPath: full(path)) else {
        throw DatasetError(
          path,
          "no such folder, and no bundled set of images has the name"
            + suggestion(for: path, among: BundledImages.names)
            + " (bundled: \(BundledImages.names.joined(separator: ", ")))")
      }
      all = try FolderImages.folder(full(path))
    case .glob(let pattern): all = try FolderImages.matching(full(pattern))
    case .classes(let path): all = try FolderImages.classes(full(path))
    case .coco(let annotations, let images):
      all = try COCOImages.read(full(annotations), images: images.map(full))
    case .voc(let annotations, let images, let segmentation):
      all = try VOCImages.read(
        full(annotations), images: images.map(full), segmentation: segmentation.map(full))
    }
    return try chosen(from: all, seed: seed)
  }

  private func chosen(from all: [DatasetImage], seed: UInt64) throws(DatasetError) -> [DatasetImage] {
    var images = all
    if let range {
      guard range.upperBound <= all.count else {
        throw DatasetError(
          "\(range.lowerBound)..<\(range.upperBound)", "the source has \(all.count) images only")
      }
      images = Array(all[range])
    }
    if let sample, sample < images.count {
      let order = CounterRandom(seed: seed, path: Self.stream).permutation(of: images.count)
      images = order.prefix(sample).sorted().map { images[$0] }
    }
    return limit.map { Array(images.prefix($0)) } ?? images
  }

  private static let stream: UInt64 = 0x7361_6D70_6C65
}
