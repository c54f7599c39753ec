/// Collects the marks of a page and places lines of text among them.
struct Canvas {
  /// The width of one line of text, in points.
  let measure: (String, TextStyle) -> Double
  var marks: [Mark] = []

  enum Alignment { case left, center, right }

  func fitting(_ text: TextStyle) -> TextFitting { TextFitting { [measure] in measure($0, text) } }

  func lineHeight(_ text: TextStyle) -> Double { text.size * 1.25 }

  /// Where the baseline lies below the top of a line, so that letters without descenders look centred in it.
  func baseline(_ text: TextStyle) -> Double { (lineHeight(text) + 0.73 * text.size) / 2 }

  /// Places one line in the box that starts at (x, y), and cuts it off with "…" where it does not fit.
  mutating func line(
    _ text: String, _ textStyle: TextStyle, x: Double, y: Double, width: Double,
    _ alignment: Alignment = .left
  ) {
    let fitted = fitting(textStyle).ellipsized(TextFitting.cleaned(text), to: width)
    guard !fitted.isEmpty else { return }
    let taken = measure(fitted, textStyle)
    let offset: Double
    switch alignment {
    case .left: offset = 0
    case .center: offset = (width - taken) / 2
    case .right: offset = width - taken
    }
    marks.append(.text(fitted, x: x + offset, y: y + baseline(textStyle), width: taken, textStyle))
  }

  /// Places wrapped lines and returns the height taken.
  mutating func block(
    _ text: String, _ textStyle: TextStyle, x: Double, y: Double, width: Double, lines: Int,
    _ alignment: Alignment = .left, gapAfter: Double = 0
  ) -> Double {
    let wrapped = fitting(textStyle).wrapped(text, to: width, lines: lines)
    for (index, text) in wrapped.enumerated() {
      line(text, textStyle, x: x, y: y + Double(index) * lineHeight(textStyle), width: width, alignment)
    }
    return wrapped.isEmpty ? 0 : Double(wrapped.count) * lineHeight(textStyle) + gapAfter
  }

  mutating func draw(_ shape: Shape) { marks.append(.shape(shape)) }
}
