public import Imaging
public import Metrics

/// One image of a dataset, from a file or from memory, with its class and annotations.
public struct DatasetImage: Sendable {
  /// The name in tables, unique within the experiment: the path from the source's folder.
  public var name: String
  /// The path of its file; the name, for an image in memory.
  public var path: String
  /// The class of the whole image; nil if the dataset does not say.
  public var label: String?
  /// The annotated objects; nil if the dataset has no annotations.
  var objects: [DatasetObject]?
  /// The height and width of the objects' coordinates; nil if not given.
  var annotatedSize: (height: Int, width: Int)?
  /// Which of the experiment's sources it is from.
  var source = 0
  /// All classes of the dataset, in its order.
  package var classNames: ClassNames = ClassNames([])
  /// The pixels of an image in memory; nil for one that is read from its file.
  private(set) var memory: MemoryImage?

  /// An image in memory.
  ///
  /// - Parameters:
  ///   - name: The name in tables.
  ///   - label: The name of its class; nil if it is not known.
  ///   - classIndex: The index of its class among the model's; nil if it is not known, or the label decides.
  ///   - annotations: Its objects, in pixels of `image`. An object's `classIndex` decides about its class; its label if that is nil.
  /// - Precondition: `annotations` have the size of `image`.
  public init(
    _ image: Image, name: String, label: String? = nil, classIndex: Int? = nil,
    annotations: Annotations? = nil
  ) {
    precondition(
      annotations.map { ($0.height, $0.width) == (image.height, image.width) } ?? true,
      "annotations have the size of the image, \(image.height) x \(image.width)")
    let label = label ?? classIndex.map { "\($0)" }
    var fixed: [String: Int] = [:]
    for object in annotations?.objects ?? [] {
      if let index = object.classIndex { fixed[object.label] = index }
    }
    if let label, let classIndex { fixed[label] = classIndex }
    let labels = (annotations?.objects.map(\.label) ?? []) + [label].compactMap(\.self)
    var names: [String] = []
    for label in labels where !names.contains(label) { names.append(label) }
    self.init(
      name: name, path: name, label: label,
      classNames: ClassNames(names, fixed: fixed, isOrdered: false))
    objects = annotations?.objects.map(DatasetObject.init)
    memory = MemoryImage(image: image, annotations: annotations)
  }

  /// Changes when the image does: by size and time of its file, or by its pixels if it is in memory.
  var stamp: String { memory?.stamp ?? FileStamp.of(path) }

  init(name: String, path: String, label: String? = nil, classNames: ClassNames = ClassNames([])) {
    self.name = name
    self.path = path
    self.label = label
    self.classNames = classNames
  }

  /// The names of the classes with objects, each once, in the dataset's order.
  var annotatedLabels: [String] {
    guard let objects else { return label.map { [$0] } ?? [] }
    let present = Set(objects.lazy.filter { !$0.isDifficult && !$0.isCrowd }.map(\.label))
    return classNames.names.filter { present.contains($0) }
  }

  /// How many annotations are of crowds, and therefore left out.
  var crowdCount: Int { objects?.count(where: \.isCrowd) ?? 0 }

  /// The class of the image: its label, or that of its objects if they are of one class.
  package var truth: String? {
    if let label { return label }
    let labels = annotatedLabels
    return labels.count == 1 ? labels[0] : nil
  }

  /// The pixels.
  package func picture() throws -> Image { try memory?.image ?? Image(contentsOf: path) }

  /// The objects on the grid of the image's part that the network sees.
  ///
  /// Masks keep the image's resolution: metrics resize the map, no annotation is resampled.
  /// - Parameters:
  ///   - image: The image as read.
  ///   - classes: The model's class for each of the dataset's.
  /// - Throws: `DatasetError` if an annotation does not fit the image.
  package func annotations(
    for picture: Image, seenThrough transform: InputTransform, classes: [String: Int]
  ) throws -> Annotations? {
    guard let objects else { return nil }
    if let size = annotatedSize, (size.height, size.width) != (picture.height, picture.width) {
      throw DatasetError(
        path,
        "the picture is \(picture.width) x \(picture.height), its annotations are for \(size.width) x "
          + "\(size.height); annotate the picture as it is shown, EXIF orientation applied")
    }
    let whole = Annotations(
      height: picture.height, width: picture.width,
      objects: try objects.map {
        try $0.annotation(height: picture.height, width: picture.width, classes: classes, path: path)
      })
    return whole.cropped(to: transform.usedPart(of: picture))
  }
}

/// One annotated object of a dataset; its mask is made on demand.
struct DatasetObject: Sendable {
  var label: String
  var box: Box?
  var region: Region?
  var isDifficult = false
  var isCrowd = false

  enum Region: Sendable {
    case polygons([[Double]])
    /// COCO's runs down the columns, with the size they are for.
    case columnRuns([Int], height: Int, width: Int)
    case compressedRuns(String, height: Int, width: Int)
    /// The pixels of one colour of VOC's object segmentation.
    case segmentation(png: String, index: Int)
    /// The mask of an image in memory.
    case mask(Mask)
  }

  func annotation(
    height: Int, width: Int, classes: [String: Int], path: String
  ) throws -> Annotation {
    let mask = try region.map { try self.mask($0, height: height, width: width, path: path) }
    return Annotation(
      classIndex: classes[label], label: label, box: box ?? mask?.box, mask: mask, isDifficult: isDifficult,
      isCrowd: isCrowd)
  }

  private func mask(_ region: Region, height: Int, width: Int, path: String) throws -> Mask {
    func whole(_ runs: [Int]?, _ runHeight: Int, _ runWidth: Int) throws -> Mask {
      guard runHeight == height, runWidth == width, let runs,
        let mask = Mask(height: height, width: width, columnRuns: runs)
      else {
        throw DatasetError(
          path,
          "a run-length mask (\(label)) does not fill the picture's \(width) x \(height) pixels; "
            + "its size is given as \(runWidth) x \(runHeight)")
      }
      return mask
    }
    switch region {
    case .mask(let mask): return mask
    case .polygons(let polygons): return Mask(height: height, width: width, polygons: polygons)
    case .columnRuns(let runs, let h, let w): return try whole(runs, h, w)
    case .compressedRuns(let text, let h, let w):
      return try whole(RunLengthText.counts(of: text), h, w)
    case .segmentation(let png, let index):
      let image = try Image(contentsOf: png)
      guard image.height == height, image.width == width else {
        throw DatasetError(
          png, "the segmentation is \(image.width) x \(image.height), the picture \(width) x \(height)")
      }
      return Mask(vocSegmentation: image, index: index)
    }
  }
}

extension Annotations {
  /// The objects as seen in a part of the image, cut at its edges; what lies outside is left out.
  func cropped(to part: ImagePart) -> Annotations {
    let (rows, columns) = (part.rows, part.columns)
    if rows == 0..<height && columns == 0..<width { return self }
    let frame = Box(x: 0, y: 0, width: Double(columns.count), height: Double(rows.count))
    let cut = objects.compactMap { object -> Annotation? in
      var copy = object
      copy.mask = object.mask?.cropped(rows: rows, columns: columns)
      copy.box = object.box?.moved(x: -Double(columns.lowerBound), y: -Double(rows.lowerBound))
        .intersection(frame)
      let isSeen = copy.mask.map { !$0.isEmpty } ?? copy.box.map { $0.area > 0 } ?? true
      return isSeen ? copy : nil
    }
    return Annotations(height: rows.count, width: columns.count, objects: cut)
  }
}

extension Mask {
  func cropped(rows: Range<Int>, columns: Range<Int>) -> Mask {
    let pixels = self.pixels
    return Mask(
      height: rows.count, width: columns.count,
      pixels: rows.flatMap { row in columns.map { pixels[row * width + $0] } })
  }
}
