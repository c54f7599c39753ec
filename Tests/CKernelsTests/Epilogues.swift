import CKernels

/// The arrays of an epilogue and what it does, spelled out.
struct Epilogue {
  var bias: [Float]?
  var scale: [Float]?
  var shift: [Float]?
  var add: [Float]?
  var clamp: ClosedRange<Float>?
  var mask: [Float]?
  var maskLimit: Float = 0
  var gates: Gates?
  var postScale: [Float]?
  let channels: Int

  /// Nothing.
  init(channels: Int) { self.channels = channels }

  /// What a fused layer has: bias, batch norm, residual, ReLU6; backward, sum, guided ReLU, mask, batch norm.
  init(pixels: Int, channels: Int, backward: Bool) {
    self.channels = channels
    add = noise(pixels * channels, seed: 11)
    if backward {
      clamp = 0...(.infinity)
      mask = noise(pixels * channels, seed: 12)
      maskLimit = 0.5
      postScale = noise(channels, seed: 13)
    } else {
      bias = noise(channels, seed: 14)
      scale = noise(channels, seed: 15)
      shift = noise(channels, seed: 16)
      clamp = 0...6
    }
  }

  func apply(to expected: inout Expected) {
    for i in expected.values.indices {
      let c = i % channels
      var v = expected.values[i]
      if let bias { v += Double(bias[c]) }
      if let scale, let shift { v = v * Double(scale[c]) + Double(shift[c]) }
      if let add { v += Double(add[i]) }
      if let clamp { v = min(max(v, Double(clamp.lowerBound)), Double(clamp.upperBound)) }
      if let mask, !(mask[i] > 0 && (maskLimit == 0 || mask[i] < maskLimit)) { v = 0 }
      if let gates, !gates.isOpen(i / channels, c) { v = 0 }
      if let postScale { v *= Double(postScale[c]) }
      expected.values[i] = v
    }
  }

  /// Calls `body` with the C form.
  func withC(_ body: (UnsafePointer<ck_epilogue>) -> Void) {
    func pointer(_ array: [Float]?, _ next: (UnsafePointer<Float>?) -> Void) {
      guard let array else { return next(nil) }
      array.withUnsafeBufferPointer { next($0.baseAddress) }
    }
    func words(_ next: (UnsafePointer<UInt16>?) -> Void) {
      guard let gates else { return next(nil) }
      gates.words.withUnsafeBufferPointer { next($0.baseAddress) }
    }
    pointer(bias) { bias in
      pointer(scale) { scale in
        pointer(shift) { shift in
          pointer(add) { add in
            pointer(mask) { mask in
              words { words in
                pointer(postScale) { postScale in
                  var c = ck_epilogue()
                  (c.bias, c.scale, c.shift, c.post_scale) = (bias, scale, shift, postScale)
                  (c.add, c.add_pitch, c.mask, c.mask_pitch) = (add, channels, mask, channels)
                  (c.mask_limit, c.gates, c.gates_pitch) = (maskLimit, words, gates?.pitch ?? 0)
                  if let clamp { (c.clamp, c.low, c.high) = (1, clamp.lowerBound, clamp.upperBound) }
                  body(&c)
                }
              }
            }
          }
        }
      }
    }
  }

  /// The same with a place for the gates of what it stores; returns them, the words that nobody wrote being all ones.
  func noting(
    _ room: Gates, limit: Float = 0, from word: Int = 0, _ body: (UnsafePointer<ck_epilogue>) -> Void
  ) -> Gates {
    var gates = room
    gates.words.withUnsafeMutableBufferPointer { words in
      withC { epilogue in
        var c = epilogue.pointee
        (c.new_gates, c.new_gates_pitch) = (words.baseAddress.map { $0 + word }, room.pitch)
        c.new_gates_limit = limit
        body(&c)
      }
    }
    return gates
  }
}
