import SaliencyCore
import TestSupport

@testable import Support

/// Cases of convolutions.
extension LayerCase {
  static let convolutions: [LayerCase] = [
    LayerCase("1x1", Conv2D(kernel: normal([1, 1, 3, 4])), [5, 6, 3]),
    LayerCase(
      "1x1 stride 2", Conv2D(kernel: normal([1, 1, 3, 4]), strides: (2, 2), padding: .same), [5, 6, 3]),
    LayerCase("3x3 valid", Conv2D(kernel: normal([3, 3, 2, 3]), bias: normal([3], 1)), [7, 5, 2]),
    LayerCase(
      "3x3 same", Conv2D(kernel: normal([3, 3, 2, 3]), bias: normal([3], 1), padding: .same), [7, 5, 2]),
    LayerCase("3x3 same, wide", Conv2D(kernel: normal([3, 3, 16, 24]), padding: .same), [12, 13, 16]),
    LayerCase("2x5 same, even and odd", Conv2D(kernel: normal([2, 5, 2, 3]), padding: .same), [6, 7, 2]),
    LayerCase("larger than the map", Conv2D(kernel: normal([5, 5, 2, 3]), padding: .same), [2, 3, 2]),
    LayerCase(
      "7x7 stride 2 valid", Conv2D(kernel: normal([7, 7, 3, 4]), bias: normal([4], 1), strides: (2, 2)),
      [13, 14, 3]),
    LayerCase(
      "strides (2, 3) same", Conv2D(kernel: normal([3, 4, 2, 3]), strides: (2, 3), padding: .same),
      [8, 11, 2]),
    LayerCase("stride over the window", Conv2D(kernel: normal([2, 2, 2, 3]), strides: (3, 3)), [8, 9, 2]),
    LayerCase("dilation 2 valid", Conv2D(kernel: normal([3, 3, 2, 3]), dilation: (2, 2)), [8, 7, 2]),
    LayerCase(
      "dilation (3, 2) same", Conv2D(kernel: normal([3, 2, 2, 3]), dilation: (3, 2), padding: .same),
      [9, 8, 2]),
    LayerCase(
      "2 groups",
      Conv2D(kernel: normal([3, 3, 2, 6]), bias: normal([6], 1), strides: (1, 2), padding: .same, groups: 2),
      [6, 7, 4]),
    LayerCase("as many groups as channels", Conv2D(kernel: normal([3, 3, 1, 3]), groups: 3), [5, 6, 3]),
  ]

  static let transposed: [LayerCase] = [
    LayerCase("3x3 valid", Conv2DTranspose(kernel: normal([3, 3, 2, 3]), window: Window(3, 3)), [4, 5, 3]),
    LayerCase(
      "stride 2 same",
      Conv2DTranspose(
        kernel: normal([3, 3, 2, 3]), bias: normal([2], 1),
        window: Window(3, 3, strides: (2, 2), padding: .same)),
      [4, 5, 3]),
    LayerCase(
      "stride over the window",
      Conv2DTranspose(kernel: normal([2, 2, 2, 3]), window: Window(2, 2, strides: (3, 3))),
      [3, 4, 3]),
    LayerCase(
      "output padding",
      Conv2DTranspose(
        kernel: normal([3, 3, 2, 3]), bias: normal([2], 1),
        window: Window(3, 3, strides: (2, 2), padding: .same),
        outputPadding: (1, 0)), [4, 5, 3]),
    LayerCase(
      "dilation 2",
      Conv2DTranspose(kernel: normal([3, 2, 2, 3]), window: Window(3, 2, dilation: (2, 1), padding: .valid)),
      [3, 4, 3]),
  ]

  static let depthwise: [LayerCase] = [
    LayerCase("3x3 valid", DepthwiseConv2D(kernel: normal([3, 3, 4, 1])), [6, 7, 4]),
    LayerCase(
      "3x3 same", DepthwiseConv2D(kernel: normal([3, 3, 4, 1]), bias: normal([4], 1), padding: .same),
      [5, 6, 4]),
    LayerCase(
      "stride 2 same", DepthwiseConv2D(kernel: normal([3, 3, 4, 1]), strides: (2, 2), padding: .same),
      [7, 8, 4]),
    LayerCase("2x2 same", DepthwiseConv2D(kernel: normal([2, 2, 3, 1]), padding: .same), [5, 5, 3]),
    LayerCase(
      "multiplier 3, dilation 2",
      DepthwiseConv2D(kernel: normal([3, 2, 2, 3]), bias: normal([6], 1), dilation: (2, 2)), [7, 6, 2]),
  ]
}
