extension Tensor {
  /// The number of samples: the leading axis.
  public var batchSize: Int { shape[0] }

  /// Some consecutive samples of a batch, as a batch of their own.
  public func samples(_ range: Range<Int>) -> Tensor {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= batchSize, "samples \(range) of a batch of \(batchSize)")
    if range == 0..<batchSize { return self }
    let sample = shape.sample
    return Tensor(shape: sample.batched(range.count)) { result in
      withUnsafeScalars { a in
        let part = a[(range.lowerBound * sample.count)..<(range.upperBound * sample.count)]
        _ = result.initialize(fromContentsOf: part)
      }
    }
  }

  /// One sample of a batch, as a batch of one.
  public func sample(_ index: Int) -> Tensor { samples(index..<(index + 1)) }

  /// The samples of several batches in one.
  public init(concatenating batches: [Tensor]) {
    precondition(!batches.isEmpty, "no batches to concatenate")
    let sample = batches[0].shape.sample
    precondition(batches.allSatisfy { $0.shape.sample == sample }, "samples of one batch have one shape")
    if batches.count == 1 {
      self = batches[0]
      return
    }
    self.init(shape: sample.batched(batches.reduce(0) { $0 + $1.batchSize })) { result in
      var start = 0
      for batch in batches {
        batch.withUnsafeScalars { a in
          _ = UnsafeMutableBufferPointer(rebasing: result[start..<(start + a.count)]).initialize(from: a)
          start += a.count
        }
      }
    }
  }

  /// A batch of `count` copies of a single sample.
  public func repeated(_ count: Int) -> Tensor {
    precondition(batchSize == 1, "only a batch of one is repeated, not \(shape)")
    return count == 1 ? self : Tensor(concatenating: Array(repeating: self, count: count))
  }
}
