import Foundation

/// The labels below an axis: level if they have room side by side, otherwise turned, and some left out if even then they have none.
struct TickLabels {
  private struct Label {
    var text: String
    var width: Double
    var position: Double
  }

  private var labels: [Label]
  private let text: TextStyle
  private let lineHeight: Double
  private let baseline: Double
  let isTurned: Bool
  /// Whether some labels are left out or turned because there is no room for all.
  let isThinned: Bool

  private static let angle = 45.0
  private static let gap = 4.0
  /// Longer labels are cut off when turned.
  private static let longest = 72.0

  /// - Parameter positions: The ascending positions of the ticks; may be empty, then nothing is placed.
  init(_ texts: [String], at positions: [Double], text: TextStyle, canvas: Canvas) {
    self.text = text
    (lineHeight, baseline) = (canvas.lineHeight(text), canvas.baseline(text))
    let level = zip(texts, positions).map { label, position in
      let cleaned = TextFitting.cleaned(label)
      return Label(text: cleaned, width: canvas.measure(cleaned, text), position: position)
    }
    let hasRoom = zip(level, level.dropFirst()).allSatisfy {
      $1.position - $0.position >= ($0.width + $1.width) / 2 + Self.gap
    }
    (isTurned, isThinned) = (!hasRoom, !hasRoom)
    guard !hasRoom else {
      labels = level
      return
    }
    let fitting = canvas.fitting(text)
    let turned = level.map { label in
      let short = fitting.ellipsized(label.text, to: Self.longest)
      return Label(text: short, width: canvas.measure(short, text), position: label.position)
    }
    let distance = zip(turned, turned.dropFirst()).map { $1.position - $0.position }.min() ?? .infinity
    let needed = lineHeight / sin(Self.angle * .pi / 180)
    let every = max(Int((needed / max(distance, 0.1)).rounded(.up)), 1)
    labels = turned.enumerated().filter { $0.offset.isMultiple(of: every) }.map(\.element)
  }

  /// How far a turned label reaches to the left of its tick, and below it.
  private func reach(_ label: Label) -> (left: Double, down: Double) {
    let share = sin(Self.angle * .pi / 180)
    return (label.width * share, label.width * share)
  }

  /// How far labels reach beyond a page.
  func overhang(_ page: ClosedRange<Double>) -> (left: Double, right: Double) {
    var (left, right) = (0.0, 0.0)
    for label in labels {
      let before = isTurned ? reach(label).left + lineHeight * 0.4 : label.width / 2
      let after = isTurned ? lineHeight * 0.6 : label.width / 2
      left = max(left, page.lowerBound - (label.position - before))
      right = max(right, label.position + after - page.upperBound)
    }
    return (left, right)
  }

  /// Draws the labels below `y` and returns the height taken.
  func draw(y: Double, on canvas: inout Canvas) -> Double {
    guard isTurned else {
      for label in labels {
        canvas.marks.append(
          .text(label.text, x: label.position - label.width / 2, y: y + baseline, width: label.width, text))
      }
      return lineHeight
    }
    for label in labels {
      // The end of the text is below its tick; half the height of a letter is added across the slope.
      let (left, down) = reach(label)
      let rise = 0.73 * text.size * 0.7
      canvas.marks.append(
        .turnedText(
          label.text, x: label.position - left + rise / 2, y: y + down + rise, width: label.width, text,
          degrees: -Self.angle))
    }
    return (labels.map { reach($0).down }.max() ?? 0) + lineHeight * 0.8
  }
}
