/// The height and width of a network's input, in pixels.
public struct InputSize: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The number of rows.
  public var height: Int
  /// The number of columns.
  public var width: Int

  /// A size in pixels.
  public init(height: Int, width: Int) {
    precondition(height > 0 && width > 0, "an input of \(height) x \(width)")
    self.height = height
    self.width = width
  }

  /// A size as it is written: `227` or `HEIGHTxWIDTH`; nil for anything else, or more than 16384 a side.
  public init?(_ text: String) {
    let sides = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map {
      Int($0.filter { !$0.isWhitespace })
    }
    guard (1...2).contains(sides.count), let height = sides[0], let width = sides[sides.count - 1],
      Self.allowed.contains(height), Self.allowed.contains(width)
    else { return nil }
    self.init(height: height, width: width)
  }

  /// A size in a sidecar: a number, `HEIGHTxWIDTH`, or `[height, width]`.
  init(reading value: YAMLValue) throws(YAMLError) {
    let wanted = "a size in pixels such as 227, 227x227 or [227, 227]"
    if case .list(let items) = value.content {
      guard items.count == 2 else { throw value.wanted(wanted) }
      let (height, width) = (try items[0].integer(), try items[1].integer())
      guard Self.allowed.contains(height), Self.allowed.contains(width) else { throw value.wanted(wanted) }
      self.init(height: height, width: width)
    } else {
      guard let size = InputSize(try value.text()) else { throw value.wanted(wanted) }
      self = size
    }
  }

  private static let allowed = 1...16384

  public var description: String { "\(height)x\(width)" }
}
