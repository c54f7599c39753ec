internal import Foundation
internal import Metrics
internal import SaliencyCore
internal import Support

/// COCO's instance annotations: one JSON file for a folder of images.
///
/// T.-Y. Lin et al., "Microsoft COCO: Common Objects in Context", ECCV 2014, arXiv:1405.0312; format:
/// https://cocodataset.org/#format-data. Polygons, run lengths and compressed run lengths become the masks of pycocotools,
/// pixel for pixel. What `iscrowd: 1` marks is no object to find (`Annotation.isCrowd`).
enum COCOImages {
  private struct File: Decodable {
    var images: [Picture]
    var annotations: [Object]
    var categories: [Category]
  }

  private struct Picture: Decodable {
    var id: Int
    var fileName: String
    var height: Int?
    var width: Int?

    private enum CodingKeys: String, CodingKey {
      case id, height, width
      case fileName = "file_name"
    }
  }

  private struct Category: Decodable {
    var id: Int
    var name: String
  }

  private struct Object: Decodable {
    var id: Int?
    var imageID: Int
    var categoryID: Int
    var bbox: [Double]?
    var segmentation: Segmentation?
    var iscrowd: Int?

    private enum CodingKeys: String, CodingKey {
      case id, bbox, segmentation, iscrowd
      case imageID = "image_id"
      case categoryID = "category_id"
    }
  }

  private enum Segmentation: Decodable {
    case polygons([[Double]])
    case runs([Int], size: [Int])
    case compressed(String, size: [Int])

    private enum Key: String, CodingKey { case counts, size }

    init(from decoder: any Decoder) throws {
      if let polygons = try? decoder.singleValueContainer().decode([[Double]].self) {
        self = .polygons(polygons)
        return
      }
      let container = try decoder.container(keyedBy: Key.self)
      let size = try container.decode([Int].self, forKey: .size)
      if let text = try? container.decode(String.self, forKey: .counts) {
        self = .compressed(text, size: size)
      } else {
        self = .runs(try container.decode([Int].self, forKey: .counts), size: size)
      }
    }
  }

  static func read(_ path: String, images folder: String?) throws(DatasetError) -> [DatasetImage] {
    let file = try decode(path)
    let categories = file.categories.sorted { $0.id < $1.id }
    let classNames = ClassNames(categories.map(\.name))
    let names = Dictionary(categories.map { ($0.id, $0.name) }) { first, _ in first }
    let known = Set(file.images.map(\.id))
    var objects: [Int: [DatasetObject]] = [:]
    for object in file.annotations {
      guard let name = names[object.categoryID], known.contains(object.imageID) else {
        throw DatasetError(
          path,
          "annotation \(object.id.map(String.init) ?? "") names image \(object.imageID) and category "
            + "\(object.categoryID), which the file does not list both")
      }
      objects[object.imageID, default: []].append(try read(object, label: name, path: path))
    }
    let pictures = folder ?? path.enclosingFolder
    return file.images.map { picture in
      var image = DatasetImage(
        name: picture.fileName, path: (pictures as NSString).appendingPathComponent(picture.fileName),
        classNames: classNames)
      image.objects = objects[picture.id] ?? []
      if let height = picture.height, let width = picture.width { image.annotatedSize = (height, width) }
      return image
    }
  }

  /// Larger coordinates are damage: no image has so many pixels on a side, and outlines are traced step by step.
  private static let largestCoordinate = 100_000.0

  private static func read(_ object: Object, label: String, path: String) throws(DatasetError)
    -> DatasetObject
  {
    var result = DatasetObject(label: label, isCrowd: object.iscrowd == 1)
    if let box = object.bbox {
      guard box.count == 4 else {
        throw DatasetError(path, "a bbox of \(box.count) numbers, wanted [x, y, width, height]")
      }
      result.box = Box(x: box[0], y: box[1], width: box[2], height: box[3])
    }
    switch object.segmentation {
    case nil: break
    case .polygons(let polygons):
      if let far = polygons.joined().first(where: { abs($0) > largestCoordinate }) {
        throw DatasetError(
          path, "found a polygon with the coordinate \(far), wanted pixels, \(Int(largestCoordinate)) at most"
        )
      }
      result.region = polygons.isEmpty ? nil : .polygons(polygons)
    case .runs(_, let size), .compressed(_, let size):
      guard size.count == 2 else {
        throw DatasetError(path, "a mask's size of \(size), wanted [height, width]")
      }
      if case .runs(let runs, _) = object.segmentation {
        result.region = .columnRuns(runs, height: size[0], width: size[1])
      } else if case .compressed(let text, _) = object.segmentation {
        result.region = .compressedRuns(text, height: size[0], width: size[1])
      }
    }
    return result
  }

  /// The longest file, in bytes; `instances_train2017.json` has 470 MB.
  private static let largest = 4 << 30

  private static func decode(_ path: String) throws(DatasetError) -> File {
    let bytes = try AnnotationFile.bytes(of: path, limit: largest, wanted: "COCO annotations in JSON")
    do {
      return try JSONDecoder().decode(File.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw DatasetError(path, "no COCO annotations: \(explain(error))")
    } catch {
      throw DatasetError(path, "cannot be read")
    }
  }

  private static func explain(_ error: DecodingError) -> String {
    func place(_ keys: [any CodingKey]) -> String {
      keys.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }
    switch error {
    case .keyNotFound(let key, let context):
      let inside = place(context.codingPath)
      return "the key \"\(key.stringValue)\" is missing\(inside.isEmpty ? "" : " in \(inside)")"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "\(place(context.codingPath)) has the wrong type"
    case .dataCorrupted: return "this is no JSON"
    @unknown default: return "\(error)"
    }
  }
}
