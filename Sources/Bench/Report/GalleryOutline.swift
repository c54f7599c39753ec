internal import Metrics
internal import Support

/// The annotations of an image as lines over its image: masks solid, boxes dashed, the explained class in a colour of its own.
struct GalleryOutline {
  private let annotations: Annotations
  private let target: Int
  private let scale: Double

  /// Lines of larger images are drawn on a coarser grid, to keep the report small.
  private static let longestSide = 320

  /// - Returns: nil if nothing is annotated.
  init?(_ annotations: Annotations?, target: Int) {
    guard let annotations, !annotations.objects.isEmpty, annotations.height > 0, annotations.width > 0 else {
      return nil
    }
    self.annotations = annotations
    self.target = target
    scale = min(1, Double(Self.longestSide) / Double(max(annotations.height, annotations.width)))
  }

  private var height: Int { max(Int((Double(annotations.height) * scale).rounded()), 1) }
  private var width: Int { max(Int((Double(annotations.width) * scale).rounded()), 1) }

  var html: HTML {
    // The explained class last, over the others.
    let objects =
      annotations.objects.filter { $0.classIndex != target }
      + annotations.objects.filter { $0.classIndex == target }
    return HTML(
      "svg",
      [
        "class": "outline", "viewBox": "0 0 \(width) \(height)", "preserveAspectRatio": "none",
        "role": "img", "aria-label": label,
      ], objects.flatMap(lines))
  }

  private var label: String {
    let names = annotations.objects.map { object in
      object.label + (object.classIndex == target ? " (explained)" : "")
        + (object.isCrowd ? " (crowd)" : "")
    }
    return "Annotated: \(names.joined(separator: ", "))"
  }

  private func lines(_ object: Annotation) -> [HTML] {
    let kind = object.isCrowd ? "crowd" : object.classIndex == target ? "asked" : "other"
    let mask = object.mask.map { HTML("path", ["class": kind, "d": path($0)]) }
    let box = object.box.map { box in
      HTML(
        "rect",
        [
          "class": "\(kind) box", "x": text(box.x), "y": text(box.y), "width": text(box.width),
          "height": text(box.height),
        ])
    }
    return [mask, box].compactMap(\.self)
  }

  private func path(_ mask: Mask) -> String {
    sampled(mask).outlines.map { corners in
      "M" + corners.map { "\($0.x) \($0.y)" }.joined(separator: "L") + "Z"
    }.joined()
  }

  /// The mask at the size of the drawing.
  private func sampled(_ mask: Mask) -> Mask {
    guard scale < 1 else { return mask }
    let pixels = mask.pixels
    let rows = (0..<height).map { ($0 * 2 + 1) * mask.height / (2 * height) }
    let columns = (0..<width).map { ($0 * 2 + 1) * mask.width / (2 * width) }
    return Mask(
      height: height, width: width,
      pixels: rows.flatMap { row in columns.map { pixels[row * mask.width + $0] } })
  }

  private func text(_ length: Double) -> String { NumberText.Format(digits: 1)(length * scale) }
}
