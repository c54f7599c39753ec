extension Mask {
  /// The largest 8-connected part; of equally large ones the first in row-major order.
  public var largestComponent: Mask {
    let inside = pixels
    var label = [Int](repeating: 0, count: inside.count)
    var (best, bestSize, found) = (0, 0, 0)
    for start in inside.indices where inside[start] && label[start] == 0 {
      found += 1
      let size = fill(&label, from: start, with: found, inside: inside)
      if size > bestSize { (best, bestSize) = (found, size) }
    }
    return Mask(height: height, width: width, pixels: label.map { $0 == best && best > 0 })
  }

  private func fill(_ label: inout [Int], from start: Int, with name: Int, inside: [Bool]) -> Int {
    var waiting = [start]
    var size = 0
    label[start] = name
    while let i = waiting.popLast() {
      size += 1
      let (row, column) = (i / width, i % width)
      for y in max(row - 1, 0)...min(row + 1, height - 1) {
        for x in max(column - 1, 0)...min(column + 1, width - 1) {
          let j = y * width + x
          if inside[j] && label[j] == 0 {
            label[j] = name
            waiting.append(j)
          }
        }
      }
    }
    return size
  }
}
