/// What is to be seen in an image: its objects, each with its class, a box, a mask.
///
/// Boxes and masks are in pixels of a grid of `height` x `width`: that of the network's input, or of the image if the network
/// sees all of it. Metrics resize the map to this grid.
public struct Annotations: Sendable, Hashable, Codable {
  /// The number of rows of the grid.
  public var height: Int
  /// The number of columns of the grid.
  public var width: Int
  /// The annotated objects.
  public var objects: [Annotation]

  /// Annotations on a grid.
  public init(height: Int, width: Int, objects: [Annotation]) {
    precondition(
      objects.allSatisfy { $0.mask.map { $0.height == height && $0.width == width } ?? true },
      "masks have the size of the image, \(height) x \(width)")
    self.height = height
    self.width = width
    self.objects = objects
  }

  /// The objects of a class of the model.
  public func objects(ofClass index: Int) -> [Annotation] { objects.filter { $0.classIndex == index } }

  /// The classes that have objects, in ascending order.
  public var classes: [Int] { Set(objects.lazy.filter { !$0.isCrowd }.compactMap(\.classIndex)).sorted() }
}

/// One annotated object.
public struct Annotation: Sendable, Hashable, Codable {
  /// The index of its class among the model's; nil if the model does not have the class.
  public var classIndex: Int?
  /// The name of its class in the dataset.
  public var label: String
  /// The bounding box.
  public var box: Box?
  /// The mask.
  public var mask: Mask?
  /// Whether the dataset marks it as hard to recognise (VOC's `difficult`).
  public var isDifficult: Bool
  /// Whether it is a group of objects that are not told apart (COCO's `iscrowd`).
  public var isCrowd: Bool

  public init(
    classIndex: Int?, label: String, box: Box? = nil, mask: Mask? = nil, isDifficult: Bool = false,
    isCrowd: Bool = false
  ) {
    self.classIndex = classIndex
    self.label = label
    self.box = box
    self.mask = mask
    self.isDifficult = isDifficult
    self.isCrowd = isCrowd
  }
}
