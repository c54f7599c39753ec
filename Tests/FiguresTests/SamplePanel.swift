import Foundation
import Imaging
import SaliencyCore

@testable import Figures

/// A panel with one of everything, from made-up pictures.
enum SamplePanel {
  static func photograph(_ seed: Int, height: Int = 48, width: Int = 48) -> Image {
    Image(width: width, height: height) { row, column in
      let wave = sin(Double(row + seed * 9) / 7) * cos(Double(column * (seed + 1)) / 11)
      return RGB(UInt8(120 + 90 * wave), UInt8(row * 255 / height), UInt8(200 - column * 150 / width))
    }
  }

  static func bump(height: Int, width: Int, sign: Float = 1) -> SaliencyMap {
    let values = (0..<(height * width)).map { i -> Float in
      let (y, x) = (Float(i / width) / Float(height) - 0.4, Float(i % width) / Float(width) - 0.6)
      return exp(-8 * (x * x + y * y)) + sign * 0.6 * sin(Float(i) * 0.7) * exp(-3 * (x * x + y * y))
    }
    return SaliencyMap(height: height, width: width, values: values)
  }

  static let panel: Panel = {
    let photographs = [photograph(0), photograph(1)]
    let nothing = SaliencyMap(height: 7, width: 7, values: [Float](repeating: 0, count: 49))
    return Panel(
      title: "Six methods on one picture",
      columns: [
        "Image", "Grad-CAM", "Guided Grad-CAM", "Gradient x input",
        "Integrated gradients of a long name indeed",
      ],
      rows: [
        Panel.Row(
          title: "boxer", details: ["p = 0.524", "cat_dog.png"],
          cells: [
            .picture(photographs[0]), .map(bump(height: 7, width: 7), .heatmap, over: photographs[0]),
            .map(bump(height: 48, width: 48), .magnitude), .map(bump(height: 48, width: 48), .signed),
            .message("CAM needs global average pooling before the last dense layer; use grad-cam"),
          ]),
        Panel.Row(
          title: "black-and-tan coonhound, or Antidisestablishmentarianism", details: ["p = 3.1e-05"],
          cells: [
            .picture(photographs[1]), .map(nothing, .heatmap, over: photographs[1], note: "relu_conv10"),
            .map(bump(height: 48, width: 48), .magnitude, note: "a note that is far too long for its cell"),
          ]),
      ],
      caption:
        "Every map has its own scale. The classes are those of ImageNet & <others>; probabilities are after softmax."
    )
  }()
}
