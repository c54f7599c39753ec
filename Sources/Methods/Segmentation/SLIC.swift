internal import Foundation
internal import SaliencyCore

/// SLIC superpixels: k-means of colour and position, each centre looking only at its neighbourhood.
///
/// Distance² = colour distance² + (compactness / S)² · place distance², with S = sqrt(HW / segments); colours in CIELAB for images of three channels
/// whose preprocessing is known or whose range is taken as that of sRGB, otherwise the channels themselves, from 0 to 100. Ten rounds; then
/// pieces that are not connected to the largest part of their segment, or are smaller than a quarter of S², join a neighbour.
///
/// R. Achanta et al., "SLIC Superpixels Compared to State-of-the-Art Superpixel Methods", IEEE TPAMI 2012, doi:10.1109/TPAMI.2012.120.
struct SLIC {
  /// About how many segments.
  var segments: Int
  /// The weight of place against colour.
  var compactness = 10.0
  /// How many rounds of k-means.
  var rounds = 10

  func segments(of image: Tensor, model: Model) -> Segments {
    let (height, width) = (image.shape[1], image.shape[2])
    let colours = Colours(of: image, model: model)
    let step = max((Double(height * width) / Double(max(segments, 1))).squareRoot(), 1)
    var centres = seeds(height, width, step, colours)
    var labels = [Int](repeating: 0, count: height * width)
    for _ in 0..<rounds {
      labels = assigned(centres, colours, height, width, step)
      centres = means(labels, colours, width, old: centres)
    }
    let least = max(Int(step * step / 4), 1)
    return Segments(
      height: height, width: width, labels: connected(labels, height, width, least: least))
  }

  private struct Centre {
    var colour: [Double]
    var y: Double
    var x: Double
  }

  private func seeds(_ height: Int, _ width: Int, _ step: Double, _ colours: Colours) -> [Centre] {
    let rows = max(Int((Double(height) / step).rounded()), 1)
    let columns = max(Int((Double(width) / step).rounded()), 1)
    return (0..<(rows * columns)).map { number in
      let y = (Double(number / columns) + 0.5) * Double(height) / Double(rows) - 0.5
      let x = (Double(number % columns) + 0.5) * Double(width) / Double(columns) - 0.5
      return Centre(colour: colours[Int(y.rounded()) * width + Int(x.rounded())], y: y, x: x)
    }
  }

  private func assigned(
    _ centres: [Centre], _ colours: Colours, _ height: Int, _ width: Int, _ step: Double
  ) -> [Int] {
    var labels = [Int](repeating: 0, count: height * width)
    var nearest = [Double](repeating: .infinity, count: height * width)
    let weight = compactness / step
    let reach = 2 * step
    for (number, centre) in centres.enumerated() {
      let rows = max(Int(centre.y - reach), 0)..<min(Int(centre.y + reach) + 1, height)
      let columns = max(Int(centre.x - reach), 0)..<min(Int(centre.x + reach) + 1, width)
      for y in rows {
        for x in columns {
          let (dy, dx) = ((Double(y) - centre.y) * weight, (Double(x) - centre.x) * weight)
          let distance = colours.squaredDistance(y * width + x, centre.colour) + dy * dy + dx * dx
          if distance < nearest[y * width + x] {
            nearest[y * width + x] = distance
            labels[y * width + x] = number
          }
        }
      }
    }
    return labels
  }

  private func means(_ labels: [Int], _ colours: Colours, _ width: Int, old: [Centre]) -> [Centre] {
    let channels = colours.channels
    var sums = [Double](repeating: 0, count: old.count * (channels + 3))
    for (pixel, label) in labels.enumerated() {
      let start = label * (channels + 3)
      for c in 0..<channels { sums[start + c] += colours.values[pixel * channels + c] }
      sums[start + channels] += Double(pixel / width)
      sums[start + channels + 1] += Double(pixel % width)
      sums[start + channels + 2] += 1
    }
    return old.enumerated().map { number, centre in
      let start = number * (channels + 3)
      let count = sums[start + channels + 2]
      guard count > 0 else { return centre }
      return Centre(
        colour: (0..<channels).map { sums[start + $0] / count }, y: sums[start + channels] / count,
        x: sums[start + channels + 1] / count)
    }
  }

  /// Gives every connected piece a number of its own; small pieces take that of the piece before them.
  private func connected(_ labels: [Int], _ height: Int, _ width: Int, least: Int) -> [Int] {
    var pieces = [Int](repeating: -1, count: labels.count)
    var count = 0
    for start in labels.indices where pieces[start] < 0 {
      var (piece, next, neighbour) = ([start], 0, -1)
      pieces[start] = count
      while next < piece.count {
        let pixel = piece[next]
        next += 1
        let (y, x) = (pixel / width, pixel % width)
        for (ny, nx) in [(y - 1, x), (y, x - 1), (y, x + 1), (y + 1, x)]
        where ny >= 0 && ny < height && nx >= 0 && nx < width {
          let other = ny * width + nx
          if pieces[other] < 0, labels[other] == labels[start] {
            pieces[other] = count
            piece.append(other)
          } else if pieces[other] >= 0, pieces[other] != count {
            neighbour = pieces[other]
          }
        }
      }
      if piece.count < least, neighbour >= 0 {
        for pixel in piece { pieces[pixel] = neighbour }
      } else {
        count += 1
      }
    }
    return pieces
  }
}

/// The colours by which pixels are compared.
private struct Colours {
  let channels: Int
  let values: [Double]

  subscript(pixel: Int) -> [Double] { Array(values[(pixel * channels)..<((pixel + 1) * channels)]) }

  func squaredDistance(_ pixel: Int, _ colour: [Double]) -> Double {
    var total = 0.0
    for c in 0..<channels {
      let difference = values[pixel * channels + c] - colour[c]
      total += difference * difference
    }
    return total
  }

  init(of image: Tensor, model: Model) {
    let channels = image.shape[3]
    self.channels = channels
    let (low, high) = Self.bounds(of: image, model)
    let unit = image.scalars.enumerated().map { i, value in
      let (low, high) = (Double(low[i % channels]), Double(high[i % channels]))
      return high == low ? 0 : min(max((Double(value) - low) / (high - low), 0), 1)
    }
    guard channels == 3 else {
      values = unit.map { 100 * $0 }
      return
    }
    values = stride(from: 0, to: unit.count, by: 3).flatMap {
      Self.lab(red: unit[$0], green: unit[$0 + 1], blue: unit[$0 + 2])
    }
  }

  /// The values of black and white in each channel.
  private static func bounds(of image: Tensor, _ model: Model) -> (low: [Float], high: [Float]) {
    let channels = image.shape[3]
    if let black = model.black, let white = model.white, black.count == channels, white.count == channels {
      return (black, white)
    }
    let bounds = image.bounds ?? (0, 1)
    return (
      Array(repeating: bounds.low, count: channels), Array(repeating: bounds.high, count: channels)
    )
  }

  /// CIELAB of a colour of sRGB, white point D65.
  private static func lab(red: Double, green: Double, blue: Double) -> [Double] {
    func linear(_ value: Double) -> Double {
      value > 0.04045 ? pow((value + 0.055) / 1.055, 2.4) : value / 12.92
    }
    func root(_ value: Double) -> Double { value > 0.008856 ? cbrt(value) : 7.787 * value + 16 / 116 }
    let (r, g, b) = (linear(red), linear(green), linear(blue))
    let x = root((0.412453 * r + 0.357580 * g + 0.180423 * b) / 0.95047)
    let y = root(0.212671 * r + 0.715160 * g + 0.072169 * b)
    let z = root((0.019334 * r + 0.119193 * g + 0.950227 * b) / 1.08883)
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
  }
}
