internal import SaliencyCore

/// A division of the pixels of an image into cells, or any other groups of pixels.
struct PixelGrid: Sendable {
  /// The pixels of each cell (row-major numbers), the cells row by row.
  let cells: [[Int]]

  /// `rows` x `columns` cells whose sides differ by a pixel at most; no more rows or columns than there are pixels.
  init(height: Int, width: Int, rows: Int, columns: Int) {
    let (ys, xs) = (Self.cuts(height, into: rows), Self.cuts(width, into: columns))
    cells = ys.flatMap { y in xs.map { x in y.flatMap { row in x.map { row * width + $0 } } } }
  }

  /// Square cells of a side; those at the right and lower border may be smaller.
  init(height: Int, width: Int, side: Int) {
    let ys = stride(from: 0, to: height, by: side).map { $0..<min($0 + side, height) }
    let xs = stride(from: 0, to: width, by: side).map { $0..<min($0 + side, width) }
    cells = ys.flatMap { y in xs.map { x in y.flatMap { row in x.map { row * width + $0 } } } }
  }

  private static func cuts(_ length: Int, into parts: Int) -> [Range<Int>] {
    let parts = min(max(parts, 1), length)
    return (0..<parts).map { ($0 * length / parts)..<(($0 + 1) * length / parts) }
  }

  /// The sum of a quantity of the map's values over each cell.
  func sums(of map: SaliencyMap, _ quantity: (Double) -> Double = { $0 }) -> [Double] {
    cells.map { cell in cell.reduce(0) { $0 + quantity(Double(map.values[$1])) } }
  }

  /// The cells by falling value; equal ones keep their order.
  func ranked(by values: [Double]) -> [[Int]] { Self.order(values).map { cells[$0] } }

  /// The numbers of values by falling value; equal ones keep their order.
  static func order(_ values: [Double]) -> [Int] {
    values.indices.sorted { values[$0] == values[$1] ? $0 < $1 : values[$0] > values[$1] }
  }
}
