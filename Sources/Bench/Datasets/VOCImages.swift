internal import Foundation
internal import Imaging
internal import Metrics
internal import SaliencyCore
internal import Support

/// Pascal VOC: a folder of XML files, one for each image, with boxes; and PNGs that tell the objects apart.
///
/// M. Everingham et al., "The Pascal Visual Object Classes Challenge", IJCV 2010, doi:10.1007/s11263-009-0275-4.
enum VOCImages {
  /// Reads the XML files in the order of their names.
  ///
  /// - Parameters:
  ///   - annotations: The folder of XML.
  ///   - images: The folder of images; by default `JPEGImages` beside it, or the folder itself.
  ///   - segmentation: The folder `SegmentationObject`; images without a file there keep boxes alone.
  static func read(
    _ annotations: String, images: String?, segmentation: String?
  ) throws(DatasetError) -> [DatasetImage] {
    let files = try FolderImages.contents(of: annotations).filter { $0.hasSuffix(".xml") }
    guard !files.isEmpty else { throw DatasetError(annotations, "the folder holds no XML files") }
    let beside = (annotations.enclosingFolder as NSString)
      .appendingPathComponent("JPEGImages")
    let pictures = images ?? (FolderImages.isFolder(beside) ? beside : annotations)
    var read: [DatasetImage] = []
    for file in files {
      read.append(try Self.read("\(annotations)/\(file)", pictures: pictures, segmentation: segmentation))
    }
    let labels = Set(read.flatMap { ($0.objects ?? []).map(\.label) })
    let classNames = ClassNames(Array(labels).byBytes)
    for i in read.indices { read[i].classNames = classNames }
    return read
  }

  private static func read(
    _ path: String, pictures: String, segmentation: String?
  ) throws(DatasetError) -> DatasetImage {
    let reader = try VOCFile(path)
    let stem = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    let name = reader.fileName ?? "\(stem).jpg"
    var image = DatasetImage(name: name, path: "\(pictures)/\(name)")
    if let height = reader.height, let width = reader.width { image.annotatedSize = (height, width) }
    let png = segmentation.map { "\($0)/\(stem).png" }
    let hasMasks = png.map { FileManager.default.fileExists(atPath: $0) } ?? false
    var objects: [DatasetObject] = []
    for (i, object) in reader.objects.enumerated() {
      guard let label = object["name"], let xmin = object.coordinate("xmin"),
        let ymin = object.coordinate("ymin"), let xmax = object.coordinate("xmax"),
        let ymax = object.coordinate("ymax")
      else { throw DatasetError(path, "object \(i + 1) lacks a name or one of xmin, ymin, xmax, ymax") }
      objects.append(
        DatasetObject(
          label: label, box: Box(x: xmin - 1, y: ymin - 1, width: xmax - xmin + 1, height: ymax - ymin + 1),
          region: hasMasks ? png.map { .segmentation(png: $0, index: i + 1) } : nil,
          isDifficult: object["difficult"] == "1"))
    }
    image.objects = objects
    return image
  }
}

extension [String: String] {
  /// A number of pixels: no image has a million to a side.
  fileprivate func coordinate(_ key: String) -> Double? {
    self[key].flatMap(Double.init).flatMap { abs($0) < 1e6 ? $0 : nil }
  }
}

/// What a VOC file says; parts of objects (heads, hands) are passed over.
private struct VOCFile {
  var fileName: String?
  var height: Int?
  var width: Int?
  var objects: [[String: String]] = []

  init(_ path: String) throws(DatasetError) {
    let bytes = try AnnotationFile.bytes(of: path, limit: XMLReader.largest, wanted: "VOC annotations in XML")
    do throws(XMLReader.Problem) {
      try read(bytes)
    } catch {
      throw DatasetError(path, "line \(error.line): this is no XML: \(error.words)")
    }
  }

  private mutating func read(_ bytes: [UInt8]) throws(XMLReader.Problem) {
    var reader = try XMLReader(bytes)
    var path: [String] = []
    var text = ""
    while let event = try reader.next() {
      switch event {
      case .start(let name):
        path.append(name)
        text = ""
        if path == ["annotation", "object"] { objects.append([:]) }
      case .text(let part): text += part
      case .end:
        note(path, text.trimmingCharacters(in: .whitespacesAndNewlines))
        path.removeLast()
        text = ""
      }
    }
  }

  private mutating func note(_ path: [String], _ value: String) {
    guard path.first == "annotation", let name = path.last else { return }
    switch path.dropFirst().dropLast() {
    case [] where name == "filename": fileName = value
    case ["size"] where name == "height": height = Int(value)
    case ["size"] where name == "width": width = Int(value)
    case ["object"], ["object", "bndbox"]: objects[objects.count - 1][name] = value
    default: break
    }
  }
}

extension Mask {
  /// The pixels that VOC's palette gives to an object's number.
  init(vocSegmentation image: Image, index: Int) {
    let color = Self.vocColor(index)
    let pixels = stride(from: 0, to: image.pixels.count, by: 3).map {
      image.pixels[$0] == color.red && image.pixels[$0 + 1] == color.green
        && image.pixels[$0 + 2] == color.blue
    }
    self.init(height: image.height, width: image.width, pixels: pixels)
  }

  /// VOC's palette: the bits of the number dealt out to red, green, blue in turn, highest bit first.
  static func vocColor(_ index: Int) -> RGB {
    var channels: [UInt8] = [0, 0, 0]
    for bit in 0..<8 where index >> bit & 1 == 1 { channels[bit % 3] |= 0x80 >> (bit / 3) }
    return RGB(channels[0], channels[1], channels[2])
  }
}
