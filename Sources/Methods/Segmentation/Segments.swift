/// An image cut into segments.
struct Segments: Sendable, Equatable {
  let height: Int
  let width: Int
  /// The segment of each pixel, row by row: numbers from 0.
  let labels: [Int]
  /// The pixels of each segment.
  let members: [[Int]]

  /// - Parameter labels: Any numbers; they are renumbered in the order of their occurrence.
  init(height: Int, width: Int, labels: [Int]) {
    var numbers: [Int: Int] = [:]
    var members: [[Int]] = []
    let renumbered = labels.enumerated().map { pixel, label in
      let number = numbers[label, default: members.count]
      if number == members.count {
        numbers[label] = number
        members.append([])
      }
      members[number].append(pixel)
      return number
    }
    (self.height, self.width, self.labels, self.members) = (height, width, renumbered, members)
  }

  /// The number of segments.
  var count: Int { members.count }

  /// A map with one value for each segment.
  func map(_ values: [Double]) -> [Float] { labels.map { Float(values[$0]) } }
}
