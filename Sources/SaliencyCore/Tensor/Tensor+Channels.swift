extension Tensor {
  /// The size of the last axis.
  var channels: Int { shape[shape.rank - 1] }

  /// Adds one number for each channel (the last axis), in place.
  mutating func add(channelwise values: Tensor) {
    let channels = self.channels
    precondition(values.count == channels, "\(values.count) numbers for \(channels) channels")
    values.withUnsafeScalars { v in
      withUnsafeMutableScalars { a in
        for row in stride(from: 0, to: a.count, by: max(channels, 1)) {
          for c in 0..<channels { a[row + c] += v[c] }
        }
      }
    }
  }

  /// a * scale + shift, with one scale and one shift for each channel (the last axis).
  func scaled(channelwise scale: [Float], shift: [Float]?) -> Tensor {
    let channels = self.channels
    precondition(
      scale.count == channels && (shift?.count ?? channels) == channels, "one number for each channel")
    let factor = Tensor(shape: [channels], scalars: scale)
    guard let shift else { return Kernels.map(self, Epilogue(factor: factor)) }
    return Kernels.map(
      self, Epilogue(scale: .init(scale: factor, shift: Tensor(shape: [channels], scalars: shift))))
  }

  /// The sum over every axis but the last, in double precision: shape `[C]`.
  func sumOverAllButChannels() -> Tensor {
    let channels = self.channels
    var totals = [Double](repeating: 0, count: channels)
    withUnsafeScalars { a in
      for row in Swift.stride(from: 0, to: a.count, by: max(channels, 1)) {
        for c in 0..<channels { totals[c] += Double(a[row + c]) }
      }
    }
    return Tensor(shape: [channels], scalars: totals.map(Float.init))
  }
}
