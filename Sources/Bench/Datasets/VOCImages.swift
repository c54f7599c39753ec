internal import Foundation
internal import FoundationXML
internal import Imaging
internal import SaliencyCore

/// Pascal VOC: a folder of XML files, one for each picture, with boxes; and PNGs that tell the objects apart.
///
/// M. Everingham et al., "The Pascal Visual Object Classes Challenge", IJCV 2010, doi:10.1007/s11263-009-0275-4.
enum VOCImages {
  /// Reads the XML files in the order of their names.
  ///
  /// - Parameters:
  ///   - annotations: The folder of XML.
  ///   - images: The folder of pictures; by default `JPEGImages` beside it, or the folder itself.
  ///   - segmentation: The folder `SegmentationObject`; pictures without a file there keep boxes alone.
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
    guard let data = FileManager.default.contents(atPath: path) else {
      throw DatasetError(path, "cannot be read")
    }
    let reader = VOCReader()
    let parser = XMLParser(data: data)
    parser.delegate = reader
    guard parser.parse(), parser.parserError == nil else {
      throw DatasetError(path, "line \(parser.lineNumber): this is no XML")
    }
    let stem = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    let name = reader.fileName ?? "\(stem).jpg"
    var image = DatasetImage(name: name, path: "\(pictures)/\(name)")
    if let height = reader.height, let width = reader.width { image.annotatedSize = (height, width) }
    let png = segmentation.map { "\($0)/\(stem).png" }
    let hasMasks = png.map { FileManager.default.fileExists(atPath: $0) } ?? false
    var objects: [DatasetObject] = []
    for (i, object) in reader.objects.enumerated() {
      guard let label = object["name"], let xmin = object.number("xmin"), let ymin = object.number("ymin"),
        let xmax = object.number("xmax"), let ymax = object.number("ymax")
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
  fileprivate func number(_ key: String) -> Double? { self[key].flatMap(Double.init) }
}

/// What a VOC file says, as the parser meets it; parts of objects (heads, hands) are passed over.
private final class VOCReader: NSObject, XMLParserDelegate {
  var fileName: String?
  var height: Int?
  var width: Int?
  var objects: [[String: String]] = []
  private var path: [String] = []
  private var text = ""

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    path.append(name)
    text = ""
    if path == ["annotation", "object"] { objects.append([:]) }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    let value = text.trimmingCharacters(in: .whitespacesAndNewlines)
    switch path {
    case ["annotation", "filename"]: fileName = value
    case ["annotation", "size", "height"]: height = Int(value)
    case ["annotation", "size", "width"]: width = Int(value)
    case ["annotation", "object", name], ["annotation", "object", "bndbox", name]:
      if !objects.isEmpty { objects[objects.count - 1][name] = value }
    default: break
    }
    _ = path.popLast()
    text = ""
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
