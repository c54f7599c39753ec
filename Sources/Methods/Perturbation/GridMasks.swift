internal import SaliencyCore

/// An image seen through masks of g x g cells, enlarged to the image's size without interpolation.
struct GridMasks {
  private let copies: ImageCopies
  private let cover: Tensor
  /// The cell of each pixel.
  private let cells: [Int]

  init(_ copies: ImageCopies, grid: Int, cover: Tensor) {
    (self.copies, self.cover) = (copies, cover)
    let (height, width) = (copies.height, copies.width)
    cells = (0..<(height * width)).map { pixel in
      let row = (2 * (pixel / width) + 1) * grid / (2 * height)
      let column = (2 * (pixel % width) + 1) * grid / (2 * width)
      return row * grid + column
    }
  }

  /// The score of the image through each mask, whose numbers go from 0 (hidden) to 1 (seen).
  func scores(_ masks: [[Float]]) throws -> [Float] { try scores(count: masks.count) { masks[$0] } }

  /// The same with masks that are made where they are used.
  func scores(count: Int, _ mask: (Int) -> [Float]) throws -> [Float] {
    try copies.scores(count: count) { number, copy in
      let mask = mask(number)
      cells.map { mask[$0] }.withUnsafeBufferPointer { copies.cover(copy, with: cover, where: $0) }
    }
  }
}
