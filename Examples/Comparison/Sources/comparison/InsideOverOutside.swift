import Saliency

/// How much higher the map is on the pixels of the object than on as many pixels drawn from the rest of the image.
struct InsideOverOutside: Metric {
  static let descriptor = MetricDescriptor(
    "inside-over-outside", title: "Inside over outside", category: .localisation, direction: .higher,
    paper: "example", needs: [.target])

  /// How often pixels are drawn.
  var draws = 10

  func score(_ subject: Subject) throws -> Score {
    let annotations = try subject.requiredAnnotations()
    let region = try annotations.region(ofClass: subject.requiredClass(), .maskOrBox)
    let map = subject.map(on: annotations)
    // One flag for each pixel, row by row. Read it once: it is computed on every access.
    let isInside = region.pixels
    let inside = map.values.indices.filter { isInside[$0] }.map { map.values[$0] }
    let outside = map.values.indices.filter { !isInside[$0] }.map { map.values[$0] }
    guard !inside.isEmpty, !outside.isEmpty else { throw NotApplicable("the object covers all or nothing") }
    var sum = 0.0
    for draw in 0..<draws {
      let random = CounterRandom(
        seed: subject.seed, path: subject.input.contentKey, UInt64(draw))
      for i in inside.indices {
        sum += Double(inside[i] - outside[random.integer(below: outside.count, at: i)])
      }
    }
    return Score(sum / Double(draws * inside.count))
  }
}
