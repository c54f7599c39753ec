internal import SaliencyCore

/// Random masks as RISE draws them: a coarse grid of zeros and ones, enlarged bilinearly and shifted.
///
/// A grid of `cells` x `cells` is enlarged to (cells + 1) times the cell's size, a cell being ceil(side / cells) pixels, and cut to the
/// image at a shift that is random below a cell.
struct RandomMasks {
  let height: Int
  let width: Int
  let cells: Int
  let probability: Float

  /// Writes the mask that a stream of numbers draws, row by row.
  func write(_ random: CounterRandom, into mask: UnsafeMutableBufferPointer<Float>) {
    let grid = (0..<(cells * cells)).map { random.uniform(at: $0) < probability ? Float(1) : 0 }
    let (tall, wide) = ((height + cells - 1) / cells, (width + cells - 1) / cells)
    let down = random.integer(below: tall, at: cells * cells)
    let right = random.integer(below: wide, at: cells * cells + 1)
    let columns = (0..<width).map { place($0 + right, side: (cells + 1) * wide) }
    var rows = [Float](repeating: 0, count: cells * width)
    for row in 0..<cells {
      for x in 0..<width {
        let (low, high) = (grid[row * cells + columns[x].low], grid[row * cells + columns[x].high])
        rows[row * width + x] = low + (high - low) * columns[x].fraction
      }
    }
    rows.withUnsafeBufferPointer { rows in
      for y in 0..<height {
        let place = place(y + down, side: (cells + 1) * tall)
        let (low, high) = (place.low * width, place.high * width)
        for x in 0..<width {
          mask[y * width + x] = rows[low + x] + (rows[high + x] - rows[low + x]) * place.fraction
        }
      }
    }
  }

  /// Between which cells a pixel of the enlarged grid lies: half-pixel centres, edges clamped.
  private func place(_ pixel: Int, side: Int) -> (low: Int, high: Int, fraction: Float) {
    let position = (Float(pixel) + 0.5) * Float(cells) / Float(side) - 0.5
    let below = position.rounded(.down)
    return (max(Int(below), 0), min(Int(below) + 1, cells - 1), position - below)
  }
}
