internal import CKernels

/// What a kernel does to each result before it stores it, in this order; by default nothing.
///
///     v += bias[c];  v = v * scale[c] + shift[c];  v += addend;  v = clamped(v)
///     v = 0 unless 0 < mask (< maskLimit);  v = 0 unless its mask bit is set;  v *= factor[c]
///
/// A bit of `newReLUMask` is set if the result is above 0 (and below `newReLUMaskLimit`).
/// The arithmetic is the same as that of the layers one by one, so fusing them changes no bit.
struct Epilogue {
  var bias: Tensor?
  var scale: ChannelScale?
  var addend: FeatureView?
  var clamp: ClosedRange<Float>?
  var mask: FeatureView?
  var maskLimit: Float?
  var reluMask: ReLUMask?
  var factor: Tensor?
  var newReLUMask: ReLUMask?
  var newReLUMaskLimit: Float?

  /// One factor and one offset for each channel.
  struct ChannelScale {
    let scale: Tensor
    let shift: Tensor
  }

  /// Passes what a ReLU with this maximum passed.
  mutating func gate(by source: ReLUMaskSource, limit: Float?) {
    switch source {
    case .values(let view): (mask, maskLimit) = (view, limit)
    case .bits(let reluMask): self.reluMask = reluMask
    }
  }

  /// Calls `body` with the C form.
  func withC<R>(_ body: (UnsafePointer<ck_epilogue>) -> R) -> R {
    withExtendedLifetime(self) {
      var c = ck_epilogue()
      c.bias = bias?.start
      c.scale = scale?.scale.start
      c.shift = scale?.shift.start
      (c.add, c.add_pitch) = (addend?.start, addend?.pitch ?? 0)
      if let clamp { (c.clamp, c.low, c.high) = (1, clamp.lowerBound, clamp.upperBound) }
      (c.mask, c.mask_pitch, c.mask_limit) = (mask?.start, mask?.pitch ?? 0, maskLimit ?? 0)
      (c.gates, c.gates_pitch) = (reluMask.map { UnsafePointer($0.start) }, reluMask?.pitch ?? 0)
      c.post_scale = factor?.start
      (c.new_gates, c.new_gates_pitch) = (newReLUMask?.start, newReLUMask?.pitch ?? 0)
      c.new_gates_limit = newReLUMaskLimit ?? 0
      return body(&c)
    }
  }
}

extension Tensor {
  /// Where the elements lie, for as long as the tensor lives.
  var start: UnsafePointer<Float>? { UnsafePointer(storage.floats.baseAddress) }
}
