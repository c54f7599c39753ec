internal import SaliencyCore

/// What the model's response loses when cells of the image are removed, one at a time or one after another.
extension Subject {
  /// The drop of the response when each cell of an n x n grid is removed on its own; shared by all maps of the request.
  func cellDrops(_ n: Int, fill: Fill, response: Response) throws -> [Double] {
    let key = "drops of \(n) x \(n) cells, \(fill.rawValue), \(response.rawValue), seed \(seed)"
    return try shared.value(for: key) {
      let before = try self.response(response)
      let grid = squareGrid(n)
      let (replacement, channels) = (replacement(fill), input.shape[3])
      return try responses(response, to: grid.cells.count) { k, copy in
        copy.take(grid.cells[k], of: replacement, channels: channels)
      }.map { before - $0 }
    }
  }

  /// The mean squared change of the explained score when the pixels of each cell of an n x n grid are drawn again, uniform over the
  /// image's range; shared by all maps of the request.
  func cellDeviations(_ n: Int, samples: Int) throws -> [Double] {
    try shared.value(for: "deviations of \(n) x \(n) cells, \(samples) samples, seed \(seed)") {
      let before = try explainedScore()
      let grid = squareGrid(n)
      let noise = try (0..<samples).map { try resampled($0) }
      let channels = input.shape[3]
      let after = try responses(.explainedScore, to: grid.cells.count * samples) { k, copy in
        copy.take(grid.cells[k / samples], of: noise[k % samples], channels: channels)
      }
      return grid.cells.indices.map { cell in
        let own = after[(cell * samples)..<((cell + 1) * samples)]
        return own.reduce(0) { $0 + (before - $1) * (before - $1) } / Double(samples)
      }
    }
  }

  /// The grid of n x n cells over the input.
  func squareGrid(_ n: Int) -> PixelGrid {
    PixelGrid(height: map.height, width: map.width, rows: n, columns: n)
  }

  /// An image of pixels drawn uniformly from the range of this one.
  func resampled(_ number: Int) throws(NotApplicable) -> Tensor {
    _ = try inputRange()
    guard let bounds = input.bounds else { throw NotApplicable("the image is empty") }
    return random(.resampling, number).uniform(bounds.low..<bounds.high, shape: input.shape)
  }

  /// The response as groups of pixels are removed one after another, from none to `steps` of them.
  func removalCurve(
    _ name: String, of groups: [[Int]], steps: Int, replacedBy replacement: Tensor, response: Response
  ) throws -> Curve {
    let channels = input.shape[3]
    let values = try responses(response, to: steps + 1) { k, copy in
      for group in groups.prefix(k) { copy.take(group, of: replacement, channels: channels) }
    }
    return Curve(
      name, xTitle: "share of regions removed", yTitle: title(of: response),
      x: (0...steps).map { Double($0) / Double(max(groups.count, 1)) }, y: values)
  }
}
