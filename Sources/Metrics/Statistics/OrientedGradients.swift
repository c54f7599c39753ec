internal import Foundation
internal import SaliencyCore

/// Histograms of oriented gradients: what shapes a map shows, wherever exactly they begin.
///
/// Gradients by central differences (0 at the border); in each cell of `cell` x `cell` pixels, nine unsigned orientations over 180
/// degrees, each pixel voting with its magnitude for the one it falls in; blocks of 3 x 3 cells at every cell, each scaled
/// by L2-Hys (to norm 1, cut at 0.2, to norm 1). The layout and defaults are those of scikit-image's `hog`.
///
/// N. Dalal, B. Triggs, "Histograms of oriented gradients for human detection", CVPR 2005, doi:10.1109/CVPR.2005.177.
struct OrientedGradients {
  var cell = 8
  private let orientations = 9
  private let block = 3

  init(cell: Int = 8) { self.cell = cell }

  /// The descriptor; nil for a map smaller than one block.
  func descriptor(of map: SaliencyMap) -> [Double]? {
    let (rows, columns) = (map.height / cell, map.width / cell)
    guard rows >= block, columns >= block else { return nil }
    let cells = histograms(map, rows: rows, columns: columns)
    var result: [Double] = []
    for row in 0...(rows - block) {
      for column in 0...(columns - block) {
        var part: [Double] = []
        for r in row..<(row + block) {
          part +=
            cells[((r * columns + column) * orientations)..<((r * columns + column + block) * orientations)]
        }
        result += Self.normalised(Self.normalised(part).map { min($0, 0.2) })
      }
    }
    return result
  }

  private func histograms(_ map: SaliencyMap, rows: Int, columns: Int) -> [Double] {
    var cells = [Double](repeating: 0, count: rows * columns * orientations)
    let (height, width, a) = (map.height, map.width, map.values)
    for y in 0..<(rows * cell) {
      for x in 0..<(columns * cell) {
        let i = y * width + x
        let dy = y > 0 && y < height - 1 ? Double(a[i + width]) - Double(a[i - width]) : 0
        let dx = x > 0 && x < width - 1 ? Double(a[i + 1]) - Double(a[i - 1]) : 0
        guard dx != 0 || dy != 0 else { continue }
        let angle = atan2(dy, dx) / .pi
        let share = angle < 0 ? angle + 1 : (angle >= 1 ? 0 : angle)
        let bin = min(Int(share * Double(orientations)), orientations - 1)
        cells[(y / cell * columns + x / cell) * orientations + bin] += (dx * dx + dy * dy).squareRoot()
      }
    }
    return cells.map { $0 / Double(cell * cell) }
  }

  private static func normalised(_ values: [Double]) -> [Double] {
    let norm = (values.reduce(0) { $0 + $1 * $1 } + 1e-10).squareRoot()
    return values.map { $0 / norm }
  }
}
