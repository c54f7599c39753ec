internal import Configuration
public import SaliencyCore

/// Class discrimination: whether the map moves to the object of the target class, in images with objects of two classes.
///
/// For a target class: the share of the map's positive energy on its objects less that on the other classes' (as in the energy
/// pointing game), from -1 to 1. Each annotated class is the target in turn, and the first number is the mean; the second is that of the
/// subject's own class. A method that gives the same map for every class scores 0 in the mean.
///
/// After R. R. Selvaraju et al., "Grad-CAM", ICCV 2017, arXiv:1610.02391, section 5.1, where people were shown such maps.
///
/// Known deviations: with more than two classes, the other objects' pixels are taken together.
public struct ClassDiscrimination: Metric {
  public static let descriptor = MetricDescriptor(
    "class-discrimination", title: "Class discrimination", category: .localisation,
    paper: "after Selvaraju 2017, arXiv:1610.02391", needs: [.twoObjects, .region, .method],
    values: [
      MetricValue("each", title: "Class discrimination", direction: .higher),
      MetricValue("asked", title: "Class discrimination, target class", direction: .higher),
    ])

  public var region = Region.maskOrBox

  public init() {}

  public init(region: Region) { self.region = region }

  public func expectedPasses(for map: ScoredMap) -> MetricPasses {
    // Most images with several classes have two.
    MetricPasses(each: map.recomputed())
  }

  public func score(_ subject: Subject) throws -> Score {
    let annotations = try subject.requiredAnnotations()
    let classes = annotations.classes
    let target = try subject.requiredClass()
    guard classes.contains(target) else {
      throw NotApplicable("no object of the target class is annotated")
    }
    guard classes.count > 1 else { throw NotApplicable("objects of one class only are annotated") }
    var (all, own) = ([Double](), 0.0)
    for index in classes {
      let map = index == target ? subject.map : try subject.map(ofClass: index)
      let enlarged = map.resized(height: annotations.height, width: annotations.width)
      let others = try classes.filter { $0 != index }.map { try annotations.region(ofClass: $0, region) }
      let rest = others.dropFirst().reduce(others[0]) { $0.union($1) }
      let difference =
        try enlarged.positiveShare(in: annotations.region(ofClass: index, region))
        - enlarged.positiveShare(in: rest)
      all.append(difference)
      if index == target { own = difference }
    }
    return Score([all.reduce(0, +) / Double(all.count), own])
  }
}

extension Subject {
  /// The method's map for another class, at the size of the input.
  public func map(ofClass index: Int) throws -> SaliencyMap {
    try map(of: request.with(classIndex: index))
  }

  /// The method's map for another request about the image, at the size of the input.
  public func map(of request: AttributionRequest) throws -> SaliencyMap {
    convention.map(
      of: try method.attribution(for: request), by: method, height: map.height, width: map.width)
  }
}
