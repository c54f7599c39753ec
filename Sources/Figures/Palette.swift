import Imaging

/// Every colour that a figure has besides those of its images and colour maps.
enum Palette {
  /// Colours of series, told apart with any colour vision (Okabe and Ito 2008, without the yellow).
  static let series = [
    RGB(0x00, 0x72, 0xB2), RGB(0xD5, 0x5E, 0x00), RGB(0x00, 0x9E, 0x73), RGB(0xCC, 0x79, 0xA7),
    RGB(0x56, 0xB4, 0xE9), RGB(0xB5, 0x89, 0x00), RGB(0x00, 0x00, 0x00),
  ]
  /// Colours of control series.
  static let controls = [RGB(0x6E, 0x6E, 0x6E), RGB(0x96, 0x96, 0x96)]
  /// The lines and marks of axes.
  static let axis = RGB(0x33, 0x33, 0x33)
  static let grid = RGB(0xE2, 0xE2, 0xE2)

  // Greys between 0 (black) and 1 (white).
  /// Details, notes, tick labels, messages.
  static let smallText = 0.3
  /// The frame of an image.
  static let frame = 0.72
  /// The ground and the stripes of a cell with nothing to show.
  static let hatch = (ground: 0.96, stripe: 0.8)
}
