internal import Configuration
internal import Foundation
internal import SaliencyCore

/// Amounts of an image that a parameter gives as a share or in pixels: below 1 a share of the image, from 1 on a number of pixels.
///
/// Papers give pixels of images of 224 x 224; a share keeps their meaning for other sizes.
extension Double {
  /// One pixel in 224 of an image, or 224 pixels of one of 224 x 224: the step of RISE.
  static let oneIn224 = 1.0 / 224

  /// The number of pixels of a region: a share of all pixels, at least one; or the number itself.
  func pixelCount(of total: Int) -> Int {
    let count = self < 1 ? (self * Double(total)).rounded() : rounded()
    return Int(Swift.min(Swift.max(count, 1), Double(Swift.max(total, 1))))
  }

  /// A length: a share of sqrt(height x width), or the number itself.
  func pixelLength(height: Int, width: Int) -> Double {
    self < 1 ? self * Double(height * width).squareRoot() : self
  }

  /// A whole length of at least one pixel.
  func pixelSide(height: Int, width: Int) -> Int {
    Int(Swift.max(pixelLength(height: height, width: width).rounded(), 1))
  }
}

extension Metric {
  /// Checks an amount that is a share of the image (below 1) or a number of pixels (from 1 on).
  static func requireShare(_ name: String, _ value: Double) throws {
    if value > 0, value < 1 { return }
    let note = value < 1 ? "or a share of the image, between 0 and 1" : ""
    guard value == value.rounded(), abs(value) < 0x1p53 else {
      return try require(name, value, in: 1...Double(largestCount), unit: "pixels", note: note)
    }
    try require(name, Int(value), in: 1...largestCount, unit: "pixels", note: note)
  }
}
