/// Colours for numbers from 0 to 1.
public enum ColorMap: String, Sendable, Hashable, Codable, CaseIterable {
  /// Black to white.
  case grey
  /// Blue, cyan, yellow, red: what most papers on saliency print. Its bands suggest edges that are not in the
  /// map.
  case jet
  /// Like jet without its bands (A. Mikhailov, "Turbo, an improved rainbow colormap", Google AI Blog 2019).
  case turbo
  /// Dark violet to yellow, of evenly growing lightness.
  case viridis
  /// Black to pale yellow, of evenly growing lightness.
  case inferno
  /// Blue below, white at 0.5, red above: for signed maps.
  case diverging

  /// The colour of a number, between the two nearest of the table; 0...1 is enforced and NaN gets the lowest.
  public func color(at value: Float) -> RGB {
    table.withUnsafeBufferPointer { Self.color(at: value, of: $0) }
  }

  /// The colour of a number by a table.
  static func color(at value: Float, of table: UnsafeBufferPointer<RGB>) -> RGB {
    guard value > 0 else { return table[0] }
    let position = min(value, 1) * Float(table.count - 1)
    let below = min(Int(position), table.count - 2)
    return table[below].mixed(with: table[below + 1], weight: position - Float(below))
  }

  /// The colours at equal distances, first to last.
  public var table: [RGB] {
    switch self {
    case .grey: Self.greyTable
    case .jet: Self.jetTable
    case .turbo: Self.turboTable
    case .viridis: Self.viridisTable
    case .inferno: Self.infernoTable
    case .diverging: Self.divergingTable
    }
  }

  private static let greyTable = (0...255).map { RGB(UInt8($0), UInt8($0), UInt8($0)) }
  private static let turboTable = parsed(ColorMapTables.turbo)
  private static let viridisTable = parsed(ColorMapTables.viridis)
  private static let infernoTable = parsed(ColorMapTables.inferno)
  private static let divergingTable = parsed(ColorMapTables.diverging)

  /// The broken lines of Matplotlib's jet.
  private static let jetTable = (0...255).map { i in
    func height(_ corners: [(place: Double, height: Double)]) -> UInt8 {
      let place = Double(i)
      let after = corners.firstIndex { $0.place * 255 >= place } ?? corners.count - 1
      guard after > 0 else { return UInt8((corners[0].height * 255).rounded(.toNearestOrEven)) }
      let (from, to) = (corners[after - 1], corners[after])
      let distance = (place - from.place * 255) / (to.place * 255 - from.place * 255)
      let value = distance * (to.height - from.height) + from.height
      return UInt8((value * 255).rounded(.toNearestOrEven))
    }
    return RGB(
      height([(0, 0), (0.35, 0), (0.66, 1), (0.89, 1), (1, 0.5)]),
      height([(0, 0), (0.125, 0), (0.375, 1), (0.64, 1), (0.91, 0), (1, 0)]),
      height([(0, 0.5), (0.11, 1), (0.34, 1), (0.65, 0), (1, 0)]))
  }

  private static func parsed(_ text: String) -> [RGB] {
    let digits = text.compactMap(\.hexDigitValue).map { UInt8($0) }
    return stride(from: 0, to: digits.count, by: 6).map { i in
      RGB(
        digits[i] << 4 | digits[i + 1], digits[i + 2] << 4 | digits[i + 3], digits[i + 4] << 4 | digits[i + 5]
      )
    }
  }
}
