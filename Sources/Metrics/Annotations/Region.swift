public import SaliencyCore

/// Which annotation says where an object is.
public enum Region: String, Sendable, Codable, CaseIterable {
  /// Its mask, or its box where it has no mask.
  case maskOrBox = "mask-or-box"
  /// The masks of the objects.
  case mask
  /// The boxes of the objects.
  case box

  /// The pixels of one object; nil if it has no such annotation.
  public func pixels(of object: Annotation, in image: Annotations) -> Mask? {
    let box = object.box.map { Mask($0, height: image.height, width: image.width) }
    switch self {
    case .maskOrBox: return object.mask ?? box
    case .mask: return object.mask
    case .box: return box
    }
  }
}

extension Annotations {
  /// The objects of a class, for a metric to look for.
  ///
  /// - Throws: `NotApplicable` if there is none, or if the class is annotated as a crowd too: as in pycocotools, what a map
  ///   marks there is neither right nor wrong.
  public func requiredObjects(ofClass index: Int) throws(NotApplicable) -> [Annotation] {
    try Self.required(objects(ofClass: index), named: "the target class")
  }

  private static func required(_ objects: [Annotation], named name: String) throws(NotApplicable)
    -> [Annotation]
  {
    guard !objects.isEmpty else { throw NotApplicable("no object of \(name) is annotated") }
    guard !objects.contains(where: \.isCrowd) else {
      throw NotApplicable("objects of \(name) are annotated as a crowd (iscrowd), which tells none apart")
    }
    return objects
  }

  /// The pixels of all objects of a class.
  ///
  /// - Throws: `NotApplicable` if there is no object of the class, a crowd, one without the annotation, or no pixel.
  public func region(ofClass index: Int, _ kind: Region) throws(NotApplicable) -> Mask {
    try region(of: objects(ofClass: index), kind, named: "the target class")
  }

  /// The pixels of all objects that the dataset calls by a name, whether the model has such a class or not.
  ///
  /// - Throws: `NotApplicable` if there is no such object, a crowd, one without the annotation, or no pixel.
  public func region(labelled label: String, _ kind: Region) throws(NotApplicable) -> Mask {
    try region(of: objects.filter { $0.label == label }, kind, named: "class \"\(label)\"")
  }

  private func region(
    of objects: [Annotation], _ kind: Region, named name: String
  ) throws(NotApplicable) -> Mask {
    var union = Mask(height: height, width: width, pixels: Array(repeating: false, count: height * width))
    for object in try Self.required(objects, named: name) {
      guard let mask = kind.pixels(of: object, in: self) else {
        throw NotApplicable(
          "an object of \(name) has no \(kind == .maskOrBox ? "mask or box" : kind.rawValue)")
      }
      union = union.union(mask)
    }
    guard !union.isEmpty else { throw NotApplicable("the annotation of \(name) is empty") }
    return union
  }
}

extension Subject {
  /// What is in the image.
  ///
  /// - Throws: `NotApplicable` if the dataset does not say.
  public func requiredAnnotations() throws(NotApplicable) -> Annotations {
    guard let annotations else { throw NotApplicable("the image has no annotation") }
    return annotations
  }

  /// The region that a map is compared with: the objects of the target class, or those of a label.
  ///
  /// - Throws: `NotApplicable` if there is none.
  func region(_ kind: Region, labelled label: String?, in annotations: Annotations) throws(NotApplicable)
    -> Mask
  {
    guard let label else { return try annotations.region(ofClass: requiredClass(), kind) }
    return try annotations.region(labelled: label, kind)
  }

  /// The map at the size of the annotated image.
  public func map(on annotations: Annotations) -> SaliencyMap {
    map.resized(height: annotations.height, width: annotations.width)
  }
}
