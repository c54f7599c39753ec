import Imaging
import SaliencyCore
import Testing

@testable import Figures

@Suite struct PanelLayoutTests {
  private struct Placed {
    let text: String
    let box: Rectangle
  }

  private func texts(_ drawing: Drawing) -> [Placed] {
    drawing.marks.compactMap { mark in
      guard case .text(let text, let x, let y, let width, let style) = mark else { return nil }
      return Placed(
        text: text,
        box: Rectangle(x: x, y: y - 0.76 * style.size, width: width, height: 0.98 * style.size))
    }
  }

  private func pictures(_ drawing: Drawing) -> [Rectangle] {
    drawing.marks.compactMap {
      if case .image(_, let place) = $0 { place } else if case .hatch(let place) = $0 { place } else { nil }
    }
  }

  private func overlap(_ a: Rectangle, _ b: Rectangle) -> Bool {
    min(a.maxX, b.maxX) - max(a.x, b.x) > 0.01 && min(a.maxY, b.maxY) - max(a.y, b.y) > 0.01
  }

  /// Nothing leaves the page, no text lies on another, and no picture on another or on a label.
  private func checkTidiness(_ panel: Panel, _ style: FigureStyle) throws {
    let drawing = try FigureRenderer(style: style).layout(panel)
    let page = Rectangle(x: 0, y: 0, width: drawing.width, height: drawing.height)
    let (texts, pictures) = (texts(drawing), pictures(drawing))
    for text in texts { #expect(page.contains(text.box), "\(text)") }
    for picture in pictures { #expect(page.contains(picture)) }
    for (i, a) in texts.enumerated() {
      for b in texts[(i + 1)...] { #expect(!overlap(a.box, b.box), "\(a.text) / \(b.text)") }
      for picture in pictures where !picture.contains(a.box) {
        #expect(!overlap(a.box, picture), "\(a.text) lies over the edge of a picture")
      }
    }
    for (i, a) in pictures.enumerated() {
      for b in pictures[(i + 1)...] { #expect(!overlap(a, b)) }
    }
  }

  /// A note that is wider than its cell goes on below, and the next row makes room: a number is not cut off.
  @Test func notesAndTitlesWrap() throws {
    let title = "Integrated gradients, magnitude"
    let note = "largest magnitude 0.000123"
    let row = Panel.Row(title: "", cells: [Panel.Cell(.blank, note: note), Panel.Cell(.blank, note: "1")])
    let panel = Panel(title: "T", columns: [title, "B"], rows: [row, row])
    var style = FigureStyle()
    style.cellWidth = 76
    let words = try texts(FigureRenderer(style: style).layout(panel)).map(\.text)
    #expect(!words.contains { $0.contains("…") }, "\(words)")
    #expect(words.contains { $0.hasSuffix("0.000123") })
    try checkTidiness(panel, style)
  }

  /// Two columns are less wide than a bar of full length with its words.
  @Test func colourBarsOfANarrowFigureKeepTheirWords() throws {
    let map = SaliencyMap(height: 1, width: 2, values: [0, 1])
    let cells = [Panel.Cell.map(map, .magnitude), .blank]
    let panel = Panel(title: "T", columns: ["A", "B"], rows: [Panel.Row(title: "", cells: cells)])
    let words = try texts(FigureRenderer().layout(panel)).map(\.text)
    #expect(words.contains("99th percentile and above"), "\(words)")
    try checkTidiness(panel, FigureStyle())
  }

  @Test func sampleIsTidy() throws { try checkTidiness(SamplePanel.panel, FigureStyle()) }

  @Test(arguments: 0..<40)
  func anyTextsAreTidy(_ trial: Int) throws {
    let random = CounterRandom(seed: 5, path: UInt64(trial))
    var draw = 0
    func next(_ bound: Int) -> Int {
      draw += 1
      return random.integer(below: bound, at: draw)
    }
    let words = [
      "a", "boxer", "Wg|", "ÅÇ", "antidisestablishmentarianism", "0.5", "猫", "of", "\n", "🙂", "&<>", "iiii",
    ]
    func text(_ most: Int) -> String {
      (0..<next(most + 1)).map { _ in words[next(words.count)] }.joined(separator: " ")
    }
    let columns = 1 + next(5)
    let rows = (0..<(1 + next(3))).map { _ in
      Panel.Row(
        title: text(8), details: (0..<next(4)).map { _ in text(6) },
        cells: (0..<next(columns + 1)).map { _ in
          switch next(4) {
          case 0:
            .picture(SamplePanel.photograph(1, height: 8 + next(60), width: 8 + next(60)), note: text(5))
          case 1: .map(SamplePanel.bump(height: 9, width: 9), [.heatmap, .magnitude, .signed][next(3)])
          case 2: .message(text(60), note: text(3))
          default: .blank
          }
        })
    }
    let panel = Panel(
      title: text(20), columns: (0..<columns).map { _ in text(9) }, rows: rows, caption: text(90))
    var style = FigureStyle()
    style.cellWidth = Double(24 + next(120))
    try checkTidiness(panel, style)
  }

  @Test func aFailedMapIsNamedAndNotDrawn() throws {
    let cells: [Panel.Cell] = [Float(0), 0.25, .nan].map { value in
      .map(SaliencyMap(height: 2, width: 2, values: [Float](repeating: value, count: 4)), .heatmap)
    }
    let panel = Panel(columns: ["a", "b", "c"], rows: [Panel.Row(cells: cells)])
    let drawing = try FigureRenderer().layout(panel)
    let words = texts(drawing).map(\.text)
    #expect(words == ["a", "b", "c", "the map is all zero", "the map is constant", "the map is not finite"])
    #expect(drawing.marks.allSatisfy { if case .image = $0 { false } else { true } })
  }

  @Test func colorBarsAreOneForEachStyle() throws {
    let map = SamplePanel.bump(height: 4, width: 4)
    let fixed = MapStyle(colorMap: .viridis, scaling: .fixed(-0.5...2))
    let row = Panel.Row(cells: [
      .map(map, .heatmap), .map(map, .heatmap), .map(map, .signed), .map(map, fixed),
    ])
    let drawing = try FigureRenderer().layout(Panel(columns: ["a", "b", "c", "d"], rows: [row, row]))
    let words = texts(drawing).map(\.text)
    #expect(words.filter { $0 == "lowest of each map" }.count == 1)
    #expect(words.contains("-0.5") && words.contains("2"))
    #expect(words.contains { $0.hasPrefix("positive, up to the 99th percentile") })
  }

  @Test func aWidthIsKept() throws {
    for columns in 1...9 {
      let style = FigureStyle(width: 496, columns: columns)
      let panel = Panel(
        columns: (0..<columns).map { "m\($0)" },
        rows: [
          Panel.Row(
            title: String(repeating: "long ", count: 20), cells: [.picture(SamplePanel.photograph(1))])
        ])
      let width = try FigureRenderer(style: style).layout(panel).width
      #expect(width > 400 && width <= 500)
    }
  }
}
