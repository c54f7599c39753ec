import SaliencyCore

/// An input as the file describes it, and the order of axes that it has here.
struct InputLayout {
  /// The largest size of an axis.
  static let largestSide = 65536

  let name: String
  /// The sizes of a sample here, channels last; nil is an unknown size.
  private(set) var sizes: [Int?]
  /// For each axis of ONNX the axes here that make it.
  let axes: [[Int]]
  /// Whether the input is an image.
  var isImage: Bool { sizes.count == 3 && axes.count == 4 }

  /// - Throws: `ONNXError.damaged` if the file does not state how many axes the input has.
  init(_ message: ValueMessage, file: String, hasBatchAxis: Bool = true) throws(ONNXError) {
    name = message.name
    guard let shape = message.shape, shape.count <= Constant.mostAxes else {
      throw .damaged(file: file, reason: "found the input \"\(message.name)\" without a shape")
    }
    let known = shape.map { dimension in
      if case .size(let size) = dimension { return Optional(size) }
      return nil
    }
    guard hasBatchAxis, !known.isEmpty else {
      sizes = known.isEmpty ? [1] : known
      axes = known.indices.map { [$0] }
      return
    }
    let sample = Array(known.dropFirst())
    guard sample.count == 3 else {
      sizes = sample.isEmpty ? [1] : sample
      axes = [[]] + sample.indices.map { [$0] }
      return
    }
    // Channels are first, as PyTorch has them, unless only the last axis can be channels.
    let isChannelsLast = ![1, 3, nil].contains(sample[0]) && [1, 3].contains(sample[2])
    sizes = isChannelsLast ? sample : [sample[1], sample[2], sample[0] ?? 3]
    axes = isChannelsLast ? [[], [0], [1], [2]] : [[], [2], [0], [1]]
  }

  /// The input with its sizes known.
  struct Resolved {
    let shape: [Int]
    let axes: [[Int]]
  }

  /// The input with its unknown height and width replaced by a given size.
  ///
  /// - Throws: `ONNXError.inputSizeNeeded`, `.inputSizeFixed`.
  func resolved(to size: (height: Int, width: Int)?, file: String) throws(ONNXError) -> Resolved {
    var result = sizes
    if let size, isImage {
      guard (sizes[0] ?? size.height) == size.height, (sizes[1] ?? size.width) == size.width else {
        throw .inputSizeFixed(
          file: file, input: name, own: Array(sizes.prefix(2)), found: [size.height, size.width])
      }
      (result[0], result[1]) = (size.height, size.width)
    }
    let known = result.compactMap(\.self)
    guard known.count == result.count else { throw .inputSizeNeeded(file: file, input: name) }
    guard known.allSatisfy({ (1...Self.largestSide).contains($0) }),
      checkedCount(known, limit: NetworkBuilder.mostElements) != nil
    else {
      throw .damaged(
        file: file,
        reason: "found the input \"\(name)\" of shape \(known), expected sizes from 1 to \(Self.largestSide)")
    }
    return Resolved(shape: known, axes: axes)
  }
}
