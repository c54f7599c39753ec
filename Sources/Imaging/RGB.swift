/// One colour: red, green and blue in 0...255, as they are in a PNG file (sRGB, not linear light).
public struct RGB: Sendable, Hashable, Codable {
  /// The red part.
  public var red: UInt8
  /// The green part.
  public var green: UInt8
  /// The blue part.
  public var blue: UInt8

  public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// White.
  public static let white = RGB(255, 255, 255)
  /// Black.
  public static let black = RGB(0, 0, 0)

  /// The grey that Pillow's mode "L" gives this colour: (19595 R + 38470 G + 7471 B + 32768) / 65536, which
  /// is the luma of ITU-R BT.601; a grey stays as it is.
  public var luma: UInt8 {
    let sum = 19595 * UInt32(red) + 38470 * UInt32(green) + 7471 * UInt32(blue)
    return UInt8((sum + 0x8000) >> 16)
  }

  /// This colour with `weight` (0...1) of the way gone towards `other`, rounded to nearest.
  public func mixed(with other: RGB, weight: Float) -> RGB {
    func mix(_ from: UInt8, _ to: UInt8) -> UInt8 {
      let value = min(max(Float(from) + (Float(to) - Float(from)) * weight, 0), 255)
      // The sum is exact in double precision, so that cutting it off is `rounded()`, without the C library's call.
      return UInt8(Double(value) + 0.5)
    }
    return RGB(mix(red, other.red), mix(green, other.green), mix(blue, other.blue))
  }
}
