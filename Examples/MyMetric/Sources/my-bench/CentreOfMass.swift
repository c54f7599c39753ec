import Saliency

/// The distance of the map's centre of mass from the centre of the object, as a fraction of the image's diagonal.
struct CentreOfMass: Metric {
  static let descriptor = MetricDescriptor(
    "centre-of-mass", title: "Centre of mass", category: .localisation, direction: .lower, paper: "example",
    needs: [.target])

  func score(_ subject: Subject) throws -> Score {
    let annotations = try subject.requiredAnnotations()
    let region = try annotations.region(ofClass: subject.requiredClass(), .maskOrBox)
    let map = subject.map(on: annotations)
    // One flag for each pixel, row by row. Read it once: it is computed on every access.
    let isInside = region.pixels
    guard let object = Self.centre(isInside.map { $0 ? 1 : 0 }, width: map.width),
      let mass = Self.centre(map.values.map { Double(max($0, 0)) }, width: map.width)
    else { throw NotApplicable("the map or the object is empty") }
    let (height, width) = (Double(map.height), Double(map.width))
    let diagonal = (height * height + width * width).squareRoot()
    let (dy, dx) = (mass.row - object.row, mass.column - object.column)
    return Score((dy * dy + dx * dx).squareRoot() / diagonal)
  }

  /// The mean position, weighted; nil if all weights are zero.
  private static func centre(_ weights: [Double], width: Int) -> (row: Double, column: Double)? {
    let total = weights.reduce(0, +)
    guard total > 0 else { return nil }
    var (row, column) = (0.0, 0.0)
    for (pixel, weight) in weights.enumerated() {
      row += weight * Double(pixel / width)
      column += weight * Double(pixel % width)
    }
    return (row / total, column / total)
  }
}
