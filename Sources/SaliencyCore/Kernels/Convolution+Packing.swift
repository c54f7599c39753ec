internal import CKernels

extension Convolution {
  /// A filter in the form that one direction reads.
  func pack(_ filter: Tensor, _ direction: Direction) -> Tensor {
    let algorithm = algorithm(direction)
    return packed(direction) { c, packed in
      ck_conv_pack(c, direction.c, algorithm, filter.start, packed, Int32(Execution.threads))
    }
  }

  /// The backward-packed filter, computed from the forward-packed one.
  func turn(_ forward: Tensor) -> Tensor {
    let algorithm = algorithm(.backward)
    return packed(.backward) { c, packed in
      ck_conv_turn(c, algorithm, forward.start, packed, Int32(Execution.threads))
    }
  }

  private func packed(
    _ direction: Direction, _ body: (UnsafePointer<ck_conv>, UnsafeMutablePointer<Float>?) -> Void
  ) -> Tensor {
    let algorithm = algorithm(direction)
    return withC { c in
      Tensor(lasting: [ck_conv_packed_size(c, direction.c, algorithm)]) { body(c, $0.baseAddress) }
    }
  }

  /// The algorithm by which the backward kernel reads forward-packed weights; nil if there is none.
  var turnedAlgorithm: ck_algorithm? {
    let own = algorithm(.backward)
    guard c.groups == 1, algorithm(.forward) == own else { return nil }
    switch own {
    case CK_DIRECT: return CK_DIRECT_TURNED
    case CK_WINOGRAD2: return CK_WINOGRAD2_TURNED
    default: return nil
    }
  }

  /// Whether the forward-packed weights hold the filter's own numbers, so that `unpack` can restore it.
  var packsWithoutLoss: Bool { algorithm(.forward) == CK_DIRECT }

  /// The filter, `shape`, of forward-packed weights.
  func unpack(_ packed: Tensor, shape: Shape) -> Tensor {
    withC { c in
      Tensor(lasting: shape) { ck_conv_unpack(c, packed.start, $0.baseAddress, Int32(Execution.threads)) }
    }
  }

  func packKey(_ direction: Direction) -> PackedFilters.Key {
    // Backward, which taps belong together follows from padding and stride, and how many such sets there are also from
    // the size of a map smaller than the stride. Forward, and for Winograd, packing is the same at every size.
    let algorithm = algorithm(direction)
    var key = PackedFilters.Key(direction: direction, algorithm: algorithm.rawValue)
    if direction == .backward, algorithm == CK_DIRECT {
      (key.padTop, key.padLeft) = (c.pad_top, c.pad_left)
      (key.rowPhases, key.columnPhases) = (min(c.in_height, c.stride_height), min(c.in_width, c.stride_width))
    }
    return key
  }
}
