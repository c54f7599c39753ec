import SaliencyCore
import TestSupport
import Testing

/// Gradients of images in which neighbourhoods repeat exactly: flat areas, stripes, checkerboards, few grey levels.
///
/// There, max pooling chooses among equal values, and the choice decides where the gradient goes. A plain network in double
/// precision, in which equal windows have equal sums, is the reference.
@Suite struct FlatImagesTests {
  enum Pattern: CaseIterable {
    case white, black, pastedOnWhite, pastedOnGrey, letterbox, stripes, wideStripes, columns, checkerboard,
      largeCheckerboard
    case diagonalStripes, ramp, diagonalRamp, digit

    /// The grey level of a pixel; `noise` is a number of its own for each pixel.
    func level(_ y: Int, _ x: Int, noise: Float) -> Float {
      switch self {
      case .white: 1
      case .black: 0
      case .pastedOnWhite: (7..<17).contains(y) && (5..<14).contains(x) ? noise : 1
      case .pastedOnGrey: (3..<12).contains(y) && (9..<20).contains(x) ? noise : 0.4
      case .letterbox: (6..<16).contains(y) ? noise : 0
      case .stripes: y % 2 == 0 ? 1 : 0.25
      case .wideStripes: y / 3 % 2 == 0 ? 1 : 0
      case .columns: x % 3 == 0 ? 0.9 : 0.1
      case .checkerboard: (x + y) % 2 == 0 ? 1 : 0
      case .largeCheckerboard: (x / 4 + y / 4) % 2 == 0 ? 0.8 : 0.6
      case .diagonalStripes: (x + 2 * y) % 3 == 0 ? 1 : 0.5
      case .ramp: Float(x / 4) / 6
      case .diagonalRamp: Float((x + y) / 5) / 9
      case .digit: (5..<18).contains(y) && (x == 11 || x == 12) || (y == 6 && (8..<12).contains(x)) ? 1 : 0
      }
    }

    var image: Tensor {
      let noise = CounterRandom(seed: 77).uniform(0..<1, shape: [22, 22, 1]).scalars
      return Tensor(
        shape: [1, 22, 22, 1],
        scalars: (0..<484).map { level($0 / 22, $0 % 22, noise: noise[$0]) })
    }
  }

  /// Networks with every way in which a maximum is taken.
  enum Network: CaseIterable {
    case digits, twoPools, overlapping, same, deep, globalMaximum, wideWindow, maxout

    func model(seed: UInt64) throws -> Model {
      var net = NetworkBuilder(input: [22, 22, 1], seed: seed)
      switch self {
      case .digits:
        try net.convolution("conv1", filters: 16)
        try net.add(MaxPool2D(2, 2), named: "pool1")
        try net.convolution("conv2", filters: 24)
        try net.add(MaxPool2D(2, 2), named: "pool2")
      case .twoPools:
        for i in 1...2 {
          try net.convolution("a\(i)", filters: 16)
          try net.convolution("b\(i)", filters: 16)
          try net.add(MaxPool2D(2, 2), named: "pool\(i)")
        }
      case .overlapping:
        try net.convolution("conv1", filters: 20)
        try net.convolution("conv2", filters: 32)
        try net.add(MaxPool2D(3, 3, strides: (2, 2)), named: "pool1")
        try net.convolution("conv3", filters: 32)
        try net.add(MaxPool2D(3, 3, strides: (2, 2)), named: "pool2")
      case .same:
        try net.convolution("conv1", filters: 16)
        try net.convolution("conv2", filters: 16)
        try net.add(MaxPool2D(3, 3, strides: (1, 1), padding: .same), named: "pool")
      case .deep:
        for i in 1...4 { try net.convolution("conv\(i)", filters: 16) }
        try net.add(MaxPool2D(2, 2), named: "pool")
      case .globalMaximum:
        try net.convolution("conv1", filters: 16)
        try net.convolution("conv2", filters: 32)
        try net.add(GlobalMaxPool2D(keepsAxes: true), named: "pool")
      case .wideWindow:
        try net.convolution("conv1", filters: 16)
        try net.convolution("conv2", filters: 16)
        try net.add(MaxPool2D(5, 5, strides: (3, 3)), named: "pool")
      case .maxout:
        let a = try net.convolution("conv1", filters: 16)
        let b = try net.convolution("conv2", filters: 16)
        try net.add(Merge(.maximum), named: "maximum", inputs: [a, b])
        try net.convolution("conv3", filters: 16)
        try net.add(MaxPool2D(2, 2), named: "pool")
      }
      let channels = net.graph[net.last].shape.dimensions.reduce(1, *)
      try net.add(Flatten(), named: "flat")
      try net.add(Dense(kernel: net.normal([channels, 3]), bias: net.normal([3])), named: "score")
      return net.model(named: "\(self)")
    }
  }

  /// Values that differ by less than rounding are no ties, and single precision may take one for the other: such images, few of
  /// them, are left out.
  @Test(arguments: Network.allCases)
  func gradientsAreThoseOfDoublePrecision(_ network: Network) throws {
    var compared = 0
    for pattern in Pattern.allCases {
      for seed: UInt64 in 1...3 {
        let model = try network.model(seed: seed)
        let image = pattern.image
        let reference = DoubleNetwork(model)
        guard try reference.nearestJump(at: image) > 2e-7 else { continue }
        compared += 1
        let expected = try reference.gradient(at: image, target: 1)
        let found = try AttributionRequest(model, inputs: image, targets: [.index(1)]).inputGradient().0
        let error = found.relativeError(to: expected)
        #expect(error < 1e-4, "\(network), seed \(seed), \(pattern): \(error)")
      }
    }
    #expect(compared > 25, "\(compared) of 42 images are compared")
  }

  /// A transposed convolution of stride 1 gives equal results at positions with equal windows.
  @Test(arguments: [Padding.same, .valid])
  func transposedConvolutions(_ padding: Padding) {
    let random = CounterRandom(seed: 3)
    let kernel = random.normal(shape: [3, 3, 24, 16])
    let colour = CounterRandom(seed: 4).normal(shape: [16]).scalars
    let image = Tensor(shape: [1, 20, 20, 16], scalars: (0..<400).flatMap { _ in colour })
    let result = Conv2DTranspose(kernel: kernel, window: Window(3, 3, padding: padding))([image])
    let (width, channels) = (result.shape[2], result.shape[3])
    func pixel(_ y: Int, _ x: Int) -> [Float] {
      let start = (y * width + x) * channels
      return Array(result.scalars[start..<(start + channels)])
    }
    for y in 3..<(width - 3) {
      for x in 3..<(width - 3) { #expect(pixel(y, x) == pixel(3, 3)) }
    }
  }
}
