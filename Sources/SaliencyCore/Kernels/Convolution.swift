internal import CKernels
internal import Synchronization

/// A convolution of one shape, run by the C kernels: which algorithm, with which packed weights.
struct Convolution {
  enum Direction: Equatable {
    case forward
    /// From the gradient at the output to the gradient at the input.
    case backward

    var c: ck_direction { self == .forward ? CK_FORWARD : CK_BACKWARD_DATA }
  }

  let c: ck_conv
  /// The algorithm forwards, if another shape than this one decides it: that of a map of which this is a part.
  var forwardAlgorithm: ck_algorithm?

  init(kernel: Shape, window: Window, place: Window.Placement, groups: Int) {
    c = ck_conv(
      in_height: place.inputHeight, in_width: place.inputWidth, in_channels: kernel[2] * groups,
      out_height: place.outputHeight, out_width: place.outputWidth, out_channels: kernel[3],
      kernel_height: window.height, kernel_width: window.width, stride_height: window.strideY,
      stride_width: window.strideX, dilation_height: window.dilationY, dilation_width: window.dilationX,
      pad_top: place.top, pad_left: place.left, groups: groups)
  }

  /// The product of `rows` rows of `[inputs]` with a matrix `[inputs, outputs]`, as a convolution of 1 x 1.
  init(rows: Int, inputs: Int, outputs: Int) {
    c = ck_conv(
      in_height: 1, in_width: rows, in_channels: inputs, out_height: 1, out_width: rows,
      out_channels: outputs,
      kernel_height: 1, kernel_width: 1, stride_height: 1, stride_width: 1, dilation_height: 1,
      dilation_width: 1, pad_top: 0, pad_left: 0, groups: 1)
  }

  /// The algorithm, from the shape alone: never from the batch, the threads, or what else is being computed.
  ///
  /// Measured on Zen 5 (`Benchmarks/kernels.sh`): F(4x4) saves most, except on small maps with many channels, where
  /// reading its filters (36 numbers for 9) takes longer than multiplying; few channels leave nothing to save.
  func algorithm(_ direction: Direction) -> ck_algorithm {
    if direction == .forward, let forwardAlgorithm { return forwardAlgorithm }
    let pixels = direction == .forward ? c.out_height * c.out_width : c.in_height * c.in_width
    if supports(direction, CK_WINOGRAD4), min(c.in_channels, c.out_channels) >= 16, pixels >= 16 {
      return c.in_channels * c.out_channels >= 32_768 && pixels <= 256 ? CK_WINOGRAD2 : CK_WINOGRAD4
    }
    let fewInputs = c.in_channels < 12 && c.out_channels >= 16 && c.kernel_height * c.kernel_width > 1
    return fewInputs && supports(direction, CK_SCATTER) ? CK_SCATTER : CK_DIRECT
  }

  private func supports(_ direction: Direction, _ algorithm: ck_algorithm) -> Bool {
    withC { ck_conv_supports($0, direction.c, algorithm) != 0 }
  }

  /// Convolves a batch, or pulls a gradient back, into `target`.
  func run(
    _ direction: Direction, _ input: FeatureView, _ filters: PackedFilters, _ epilogue: Epilogue,
    into target: FeatureTarget
  ) {
    let (packed, algorithm) = filters.weights(for: self, direction)
    let (batch, threads) = (input.batchSize, Int32(Execution.threads))
    withC { c in
      let workspace = ck_conv_workspace_size(c, direction.c, algorithm, batch, threads)
      BufferPool.shared.withFloats(workspace) { workspace in
        epilogue.withC { epilogue in
          ck_conv_run(
            c, direction.c, algorithm, batch, input.start, input.pitch, packed.start, epilogue, target.start,
            target.pitch, workspace, threads)
        }
      }
    }
  }

  /// Whether the kernel is the direct one.
  func isDirect(_ direction: Direction) -> Bool { algorithm(direction) == CK_DIRECT }

  /// The numbers of one sample's output.
  var outputs: Int { c.out_height * c.out_width * c.out_channels }

  /// The shape of one sample's output, as a batch.
  var outputShape: Shape { [1, c.out_height, c.out_width, c.out_channels] }

  /// Convolves a batch and keeps the maxima of the results alone: `pool` is placed on the output.
  func runPooled(
    _ input: FeatureView, _ filters: PackedFilters, _ epilogue: Epilogue, _ pool: ck_pool,
    into maxima: UnsafeMutablePointer<Float>?, _ places: UnsafeMutablePointer<UInt8>?
  ) {
    let (packed, _) = filters.weights(for: self, .forward)
    let (batch, threads) = (input.batchSize, Int32(Execution.threads))
    withC { c in
      withUnsafePointer(to: pool) { pool in
        BufferPool.shared.withFloats(ck_conv_max_pool_workspace_size(c, pool, batch, threads)) { workspace in
          epilogue.withC { epilogue in
            ck_conv_max_pool_run(
              c, pool, batch, input.start, input.pitch, packed.start, epilogue, maxima, places, workspace,
              threads)
          }
        }
      }
    }
  }

  func withC<R>(_ body: (UnsafePointer<ck_conv>) -> R) -> R { withUnsafePointer(to: c, body) }
}
