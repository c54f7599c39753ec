public import SaliencyCore

/// Which annotation says where an object is.
public enum Region: String, Sendable, Codable, CaseIterable {
  /// Its mask, or its box where it has no mask.
  case maskOrBox = "mask-or-box"
  case mask
  case box

  /// The pixels of one object; nil where it has no such annotation.
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
  /// The pixels of all objects of a class.
  ///
  /// - Throws: `NotApplicable` where there is no object of the class, or one without the annotation, or no pixel.
  public func region(ofClass index: Int, _ kind: Region) throws(NotApplicable) -> Mask {
    let objects = objects(ofClass: index)
    guard !objects.isEmpty else { throw NotApplicable("no object of the asked class is annotated") }
    var union = Mask(height: height, width: width, pixels: Array(repeating: false, count: height * width))
    for object in objects {
      guard let mask = kind.pixels(of: object, in: self) else {
        throw NotApplicable(
          "an object of the asked class has no \(kind == .maskOrBox ? "mask or box" : kind.rawValue)")
      }
      union = union.union(mask)
    }
    guard !union.isEmpty else { throw NotApplicable("the annotation of the asked class is empty") }
    return union
  }
}

extension Subject {
  /// What is in the image.
  ///
  /// - Throws: `NotApplicable` where the data set does not say.
  public func requiredAnnotations() throws(NotApplicable) -> Annotations {
    guard let annotations else { throw NotApplicable("the image has no annotation") }
    return annotations
  }

  /// The map at the size of the annotated image.
  public func map(on annotations: Annotations) -> SaliencyMap {
    map.resized(height: annotations.height, width: annotations.width)
  }
}
