/// Where images come from.
public struct ImageSource: Sendable, Equatable {
  public var kind: Kind
  /// Only these, by their place in the source's order.
  public var range: Range<Int>?
  /// Only so many, drawn by the experiment's seed.
  public var sample: Int?
  /// Only the first images of those; nil for all.
  public var limit: Int?
  var origin = Origin()
  /// Where its keys were written.
  var keyOrigins: [String: Origin] = [:]

  /// The kinds of source; paths are from the experiment's folder.
  public enum Kind: Sendable, Equatable {
    /// A set that comes with the toolkit.
    case bundled(String)
    /// One image.
    case file(String)
    /// The images of a folder.
    case folder(String)
    /// The images whose paths match a pattern with `*`, `?`, `[...]`.
    case glob(String)
    /// COCO JSON, with the folder of its images (by default that of the JSON file).
    case coco(annotations: String, images: String?)
    /// A folder of VOC XML, with the folders of images and of segmentation PNGs.
    case voc(annotations: String, images: String?, segmentation: String?)
    /// A folder for each class.
    case classes(String)
    /// Images in memory.
    case memory([DatasetImage])
  }

  public init(_ kind: Kind, range: Range<Int>? = nil, sample: Int? = nil, limit: Int? = nil) {
    self.kind = kind
    self.limit = limit
    self.range = range
    self.sample = sample
  }

  /// Images in memory.
  public init(_ images: [DatasetImage]) { self.init(.memory(images)) }

  /// The path or name, for messages.
  var words: String {
    switch kind {
    case .bundled(let name), .file(let name), .folder(let name), .glob(let name), .classes(let name): name
    case .coco(let annotations, _), .voc(let annotations, _, _): annotations
    case .memory: "images in memory"
    }
  }

  public static func == (a: ImageSource, b: ImageSource) -> Bool {
    (a.kind, a.range, a.sample) == (b.kind, b.range, b.sample) && a.limit == b.limit
  }
}
