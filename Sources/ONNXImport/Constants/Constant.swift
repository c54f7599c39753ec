import SaliencyCore

/// A tensor whose numbers are known when the graph is built: a weight, or a part of a shape.
struct Constant: Sendable {
  /// The most axes that a tensor may have.
  static let mostAxes = 16

  /// Where the numbers are.
  private enum Storage: Sendable {
    /// Computed. Integers are exact up to 2^53.
    case numbers([Double])
    /// In the file, in row-major order.
    case bytes(ByteRange)
  }

  let sizes: [Int]
  let type: ElementType
  private let storage: Storage

  var count: Int { sizes.reduce(1, *) }

  init(_ numbers: [Double], sizes: [Int], type: ElementType) {
    precondition(numbers.count == sizes.reduce(1, *), "\(numbers.count) numbers of \(sizes)")
    self.sizes = sizes
    self.type = type
    storage = .numbers(numbers)
  }

  /// A list of integers.
  init(_ integers: [Int]) { self.init(integers.map(Double.init), sizes: [integers.count], type: .int64) }

  /// - Precondition: There are as many bytes as elements take.
  init(bytes: ByteRange, sizes: [Int], type: ElementType) {
    self.sizes = sizes
    self.type = type
    storage = .bytes(bytes)
  }

  /// The same numbers under another shape of the same count.
  func reshaped(_ sizes: [Int]) -> Constant {
    precondition(sizes.reduce(1, *) == count, "\(self.sizes) cannot be seen as \(sizes)")
    switch storage {
    case .numbers(let numbers): return Constant(numbers, sizes: sizes, type: type)
    case .bytes(let bytes): return Constant(bytes: bytes, sizes: sizes, type: type)
    }
  }

  /// The numbers in row-major order.
  var numbers: [Double] {
    switch storage {
    case .numbers(let numbers): return numbers
    case .bytes(let range):
      return range.withBytes { bytes in (0..<count).map { type.load(bytes, $0) } }
    }
  }

  /// The only number; nil if there are several.
  var scalar: Double? { count == 1 ? numbers.first : nil }

  /// The numbers as integers; a number that is none, or too large, is the nearest one.
  var integers: [Int] {
    numbers.map { value in
      if value.isNaN { return 0 }
      return value >= 0x1p62 ? Int(0x1p62) : value <= -0x1p62 ? -Int(0x1p62) : Int(value)
    }
  }

  /// Writes the numbers as floats, in row-major order.
  func write(to target: UnsafeMutableBufferPointer<Float>) {
    switch storage {
    case .numbers(let numbers): for (i, value) in numbers.enumerated() { target[i] = Float(value) }
    case .bytes(let range):
      range.withBytes { bytes in
        if type == .float {
          UnsafeMutableRawBufferPointer(target).copyMemory(from: bytes)
        } else {
          for i in 0..<target.count { target[i] = Float(type.load(bytes, i)) }
        }
      }
    }
  }

  /// The numbers as weights of this shape, where the file holds them as floats at an address that floats may have.
  func mapped(_ shape: Shape) -> Tensor? {
    precondition(shape.count == count, "\(sizes) cannot be seen as \(shape)")
    guard case .bytes(let range) = storage, type == .float else { return nil }
    let start = range.file.start + range.range.lowerBound
    guard Int(bitPattern: start) % MemoryLayout<Float>.alignment == 0 else { return nil }
    let floats = UnsafeMutableBufferPointer(
      start: start.bindMemory(to: Float.self, capacity: count), count: count)
    return Tensor(shape: shape, borrowing: floats, from: range.file)
  }

  /// The numbers as weights of this shape.
  func tensor(_ shape: Shape) -> Tensor {
    if let mapped = mapped(shape) { return mapped }
    let source = self
    return Tensor(repeatable: shape) { source.write(to: $0) }
  }

  var tensor: Tensor { tensor(Shape(sizes)) }

  /// The numbers with their axes in another order, as weights: axis `i` of the result is axis `order[i]`.
  ///
  /// The result is written from the file again when it is needed, so that packed weights are held only once.
  func tensor(transposed order: [Int], shape: Shape? = nil) -> Tensor {
    let sizes = order.map { self.sizes[$0] }
    if order == Array(order.indices) { return tensor(shape ?? Shape(sizes)) }
    let transposition = Transposition(of: self.sizes, order: order)
    let source = self
    return Tensor(repeatable: shape ?? Shape(sizes)) { target in source.write(transposition, to: target) }
  }

  /// What writes the numbers with their axes in another order.
  func origin(transposed order: [Int]) -> @Sendable (UnsafeMutableBufferPointer<Float>) -> Void {
    let source = self
    if order == Array(order.indices) { return { source.write(to: $0) } }
    let transposition = Transposition(of: sizes, order: order)
    return { target in source.write(transposition, to: target) }
  }

  private func write(_ transposition: Transposition, to target: UnsafeMutableBufferPointer<Float>) {
    if case .bytes(let range) = storage, type == .float {
      range.withBytes { bytes in
        transposition.forEach { target[$0] = bytes.loadUnaligned(fromByteOffset: $1 * 4, as: Float.self) }
      }
    } else {
      let numbers = self.numbers
      transposition.forEach { target[$0] = Float(numbers[$1]) }
    }
  }
}

/// Axes in another order: which element of the source each element of the result is.
struct Transposition: Sendable {
  /// The axes of the result, outermost first: their sizes and the steps in the source.
  private var sizes: [Int] = []
  private var steps: [Int] = []

  init(of source: [Int], order: [Int]) {
    var step = [Int](repeating: 1, count: source.count)
    for axis in source.indices.dropLast().reversed() { step[axis] = step[axis + 1] * source[axis + 1] }
    for axis in order where source[axis] != 1 {
      // Axes that stay neighbours are one.
      if let last = steps.last, last == step[axis] * source[axis] {
        sizes[sizes.count - 1] *= source[axis]
        steps[steps.count - 1] = step[axis]
      } else {
        sizes.append(source[axis])
        steps.append(step[axis])
      }
    }
  }

  /// Calls `body` once for each element, with its index in the result and in the source.
  ///
  /// Blocks of 16 along the last axis and the axis that is contiguous in the source, so that both sides use whole cache lines.
  func forEach(_ body: (_ target: Int, _ source: Int) -> Void) {
    guard let width = sizes.last, let step = steps.last else { return body(0, 0) }
    guard step != 1, let inner = steps.dropLast().firstIndex(of: 1) else {
      return forEachRow(of: Array(sizes.dropLast()), steps: Array(steps.dropLast())) { row, start in
        for i in 0..<width { body(row * width + i, start + i * step) }
      }
    }
    // The contiguous axis is walked inside of blocks of the last one.
    let innerStride = sizes[(inner + 1)...].reduce(1, *)
    var outerSizes = Array(sizes.dropLast())
    outerSizes[inner] = 1
    let strides = targetStrides
    forEachRow(of: outerSizes, steps: Array(steps.dropLast()), targets: Array(strides.dropLast())) {
      target, start in
      for first in stride(from: 0, to: width, by: 16) {
        let last = min(first + 16, width)
        for j in 0..<sizes[inner] {
          for i in first..<last { body(target + j * innerStride + i, start + j + i * step) }
        }
      }
    }
  }

  private var targetStrides: [Int] {
    var strides = [Int](repeating: 1, count: sizes.count)
    for axis in sizes.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * sizes[axis + 1] }
    return strides
  }

  private func forEachRow(of sizes: [Int], steps: [Int], _ body: (_ row: Int, _ start: Int) -> Void) {
    var strides = [Int](repeating: 1, count: sizes.count)
    for axis in sizes.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * sizes[axis + 1] }
    forEachRow(of: sizes, steps: steps, targets: strides, body)
  }

  private func forEachRow(
    of sizes: [Int], steps: [Int], targets: [Int], _ body: (_ target: Int, _ start: Int) -> Void
  ) {
    var index = [Int](repeating: 0, count: sizes.count)
    var (target, start) = (0, 0)
    for _ in 0..<sizes.reduce(1, *) {
      body(target, start)
      var axis = sizes.count - 1
      while axis >= 0 {
        index[axis] += 1
        start += steps[axis]
        target += targets[axis]
        if index[axis] < sizes[axis] { break }
        start -= index[axis] * steps[axis]
        target -= index[axis] * targets[axis]
        index[axis] = 0
        axis -= 1
      }
    }
  }
}
