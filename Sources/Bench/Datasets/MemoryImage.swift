internal import Foundation
internal import Imaging
internal import Metrics

/// The pixels of an image in memory, with a stamp that tells them from others.
struct MemoryImage: Sendable {
  let image: Image
  let stamp: String

  init(image: Image, annotations: Annotations?) {
    self.image = image
    let pixels = Digest { feed in
      feed.add(count: image.width)
      feed.add(count: image.height)
      feed.add(Data(image.pixels))
      feed.add(annotations.digest)
    }
    stamp = "memory \(pixels.hex)"
  }
}

extension DatasetImage: Equatable {
  /// Whether both are the same file, or the same pixels with the same annotations, under one name.
  public static func == (a: DatasetImage, b: DatasetImage) -> Bool {
    (a.name, a.path, a.label, a.memory?.stamp) == (b.name, b.path, b.label, b.memory?.stamp)
  }
}

extension DatasetObject {
  /// An object of an image in memory.
  init(_ annotation: Annotation) {
    self.init(
      label: annotation.label, box: annotation.box, region: annotation.mask.map(Region.mask),
      isDifficult: annotation.isDifficult, isCrowd: annotation.isCrowd)
  }
}

extension DatasetImage {
  /// An image in memory as a store names it: without its pixels, which only the process of the run has.
  static func absent(_ name: String) -> DatasetImage { DatasetImage(name: name, path: name) }

  /// Images of one source in memory: each knows the names of all classes.
  ///
  /// - Throws: `DatasetError` for one without pixels.
  static func sharingClasses(_ images: [DatasetImage]) throws(DatasetError) -> [DatasetImage] {
    if let absent = images.first(where: { $0.memory == nil }) {
      throw DatasetError(
        absent.name, "found no pixels, expected an image in memory. Try the program that ran the experiment")
    }
    var names: [String] = []
    for name in images.flatMap(\.classNames.names) where !names.contains(name) { names.append(name) }
    return images.map { image in
      var copy = image
      copy.classNames = image.classNames.with(names: names)
      return copy
    }
  }
}
