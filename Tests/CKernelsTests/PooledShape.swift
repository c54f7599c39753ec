import CKernels

/// A convolution and the pooling of its map.
struct PooledShape: Sendable, CustomStringConvertible {
  var convolution: Convolution
  var window: (Int, Int)
  var stride: (Int, Int)
  /// Before the first row and column, and behind the last.
  var pad: (Int, Int)
  var end: (Int, Int)
  /// Floats of the input from one pixel to the next.
  var pitch: Int

  init(convolution: Convolution, window: (Int, Int), stride: (Int, Int), pad: (Int, Int), end: (Int, Int)) {
    (self.convolution, self.window, self.stride) = (convolution, window, stride)
    (self.pad, self.end, pitch) = (pad, end, convolution.channels)
  }

  /// An odd one.
  init(seed: Int) {
    let numbers = noise(64, seed: UInt64(1000 + seed)).filter { $0 != 0 }
    var drawn = 0
    func draw(_ range: ClosedRange<Int>) -> Int {
      drawn += 1
      return range.lowerBound + Int((numbers[drawn] + 1) / 2 * Float(range.count)) % range.count
    }
    let square = draw(1...7)
    let kernel = draw(0...3) == 0 ? (draw(1...7), draw(1...7)) : (square, square)
    var convolution = Convolution(
      height: draw(8...34), width: draw(8...21), channels: [1, 3, 4, 16, 70][draw(0...4)],
      filters: [1, 5, 16, 17, 32, 40][draw(0...5)], kernel: kernel)
    if draw(0...2) == 0 { convolution.stride = (draw(1...2), draw(1...2)) }
    if draw(0...3) == 0 { convolution.dilation = (draw(1...2), draw(1...2)) }
    let reach = ((kernel.0 - 1) * convolution.dilation.0, (kernel.1 - 1) * convolution.dilation.1)
    convolution.height = max(convolution.height, reach.0 + 3)
    convolution.width = max(convolution.width, reach.1 + 3)
    convolution.batch = draw(1...5)
    if draw(0...1) == 0 { convolution = convolution.same }
    let map = convolution.c
    window = (min(draw(2...5), map.out_height), min(draw(2...5), map.out_width))
    stride = (draw(1...window.0), draw(1...window.1))
    (pad, end) = ((0, 0), (0, 0))
    if draw(0...1) == 0 {
      (pad, end) = ((draw(0...(window.0 - 1)), draw(0...(window.1 - 1))), (window.0 / 2, window.1 / 2))
    }
    pitch = convolution.channels + [0, 0, 2][draw(0...2)]
    self.convolution = convolution
  }

  var c: ck_pool {
    let map = convolution.c
    func out(_ size: Int, _ window: Int, _ stride: Int, _ before: Int, _ after: Int) -> Int {
      // No window lies in the padding behind the map alone.
      min((size + before + after - window) / stride, (size - 1 + before) / stride) + 1
    }
    return ck_pool(
      in_height: map.out_height, in_width: map.out_width,
      out_height: out(map.out_height, window.0, stride.0, pad.0, end.0),
      out_width: out(map.out_width, window.1, stride.1, pad.1, end.1), channels: map.out_channels,
      window_height: window.0, window_width: window.1, stride_height: stride.0, stride_width: stride.1,
      pad_top: pad.0, pad_left: pad.1)
  }

  var description: String {
    "\(convolution) pitch \(pitch) pooled \(window) stride \(stride) pad \(pad) \(end)"
  }

  /// Pixels of the convolution's map.
  var pixels: Int { convolution.batch * c.in_height * c.in_width }

  /// Nothing; a rectifier; batch norm, sum, and a rectifier with a maximum.
  var epilogues: [Epilogue] {
    let filters = convolution.filters
    var rectifier = Epilogue(channels: filters)
    rectifier.bias = noise(filters, seed: 35)
    rectifier.clamp = 0...(.infinity)
    return [
      Epilogue(channels: filters), rectifier, Epilogue(pixels: pixels, channels: filters, backward: false),
    ]
  }
}

extension PooledShape {
  struct Result {
    var maxima: [Float] = []
    var places: [UInt8] = []
    var gates = Gates(pixels: 0, channels: 1)
    /// Whether the numbers behind each buffer are still what they were.
    var isInBounds = true
  }

  private var filter: [Float] { noise(convolution.filterCount, seed: 32) }
  /// The maximum of the last epilogue's rectifier.
  private var limit: Float { 6 }

  private func input(_ sample: Int?) -> [Float] {
    let count = convolution.height * convolution.width * pitch
    let all = noise(convolution.batch * count, seed: 31)
    return sample.map { Array(all[($0 * count)..<(($0 + 1) * count)]) } ?? all
  }

  private func packed(_ c: inout ck_conv) -> [Float] {
    var packed = blank(ck_conv_packed_size(&c, CK_FORWARD, CK_DIRECT))
    ck_conv_pack(&c, CK_FORWARD, CK_DIRECT, filter, &packed, 1)
    return packed
  }

  func oneAfterTheOther(_ epilogue: Epilogue) -> Result {
    var (c, pool, result) = (convolution.c, self.c, Result())
    let packed = packed(&c)
    var map = blank(pixels * convolution.filters)
    var workspace = blank(ck_conv_workspace_size(&c, CK_FORWARD, CK_DIRECT, convolution.batch, 2))
    result.gates = epilogue.noting(Gates(pixels: pixels, channels: convolution.filters), limit: limit) {
      ck_conv_run(
        &c, CK_FORWARD, CK_DIRECT, convolution.batch, input(nil), pitch, packed, $0, &map,
        convolution.filters,
        &workspace, 2)
    }
    let outputs = convolution.batch * pool.out_height * pool.out_width * pool.channels
    (result.maxima, result.places) = (blank(outputs), Array(repeating: 255, count: outputs))
    ck_max_pool_forward(&pool, convolution.batch, map, &result.maxima, &result.places, 2)
    return result
  }

  func atOnce(
    _ epilogue: Epilogue, threads: Int32, notesPlaces: Bool = true, notesGates: Bool = true,
    sample: Int? = nil
  ) -> Result {
    var (c, pool, result) = (convolution.c, self.c, Result())
    let (packed, input, batch) = (packed(&c), input(sample), sample == nil ? convolution.batch : 1)
    let size = ck_conv_max_pool_workspace_size(&c, &pool, batch, threads)
    var workspace = [Float](repeating: .nan, count: size) + [1, 2, 3, 4]
    let outputs = batch * pool.out_height * pool.out_width * pool.channels
    result.maxima = blank(outputs) + [5, 6]
    result.places = Array(repeating: 255, count: outputs) + [7, 8]
    let room = Gates(pixels: batch * pool.in_height * pool.in_width, channels: pool.channels)
    result.gates = epilogue.noting(room, limit: limit) { epilogue in
      var epilogue = epilogue.pointee
      if !notesGates { epilogue.new_gates = nil }
      result.places.withUnsafeMutableBufferPointer { places in
        ck_conv_max_pool_run(
          &c, &pool, batch, input, pitch, packed, &epilogue, &result.maxima,
          notesPlaces ? places.baseAddress : nil, &workspace, threads)
      }
    }
    result.isInBounds =
      workspace.suffix(4) == [1, 2, 3, 4] && result.maxima.suffix(2) == [5, 6]
      && result.places.suffix(2) == [7, 8]
    result.maxima.removeLast(2)
    result.places.removeLast(notesPlaces ? 2 : result.places.count)
    return result
  }
}

extension Epilogue {
  /// The part of one sample, with a sum of its own.
  func sample(_ n: Int, of batch: Int) -> Epilogue {
    var part = self
    part.add = add.map { Array($0[($0.count / batch * n)..<($0.count / batch * (n + 1))]) }
    return part
  }
}
