internal import CKernels

extension Kernels {
  private static var threads: Int32 { Int32(Execution.threads) }

  // MARK: Smooth activations, and their gradients: `gradient` at the output, `a` the input

  static func sigmoid(_ a: Tensor) -> Tensor { each(a, ck_sigmoid) }
  static func sigmoidBackward(_ gradient: Tensor, _ a: Tensor) -> Tensor {
    each(gradient, a, ck_sigmoid_backward)
  }

  static func silu(_ a: Tensor) -> Tensor { each(a, ck_silu) }
  static func siluBackward(_ gradient: Tensor, _ a: Tensor) -> Tensor { each(gradient, a, ck_silu_backward) }

  static func gelu(_ a: Tensor) -> Tensor { each(a, ck_gelu) }
  static func geluBackward(_ gradient: Tensor, _ a: Tensor) -> Tensor { each(gradient, a, ck_gelu_backward) }

  static func geluTanh(_ a: Tensor) -> Tensor { each(a, ck_gelu_tanh) }
  static func geluTanhBackward(_ gradient: Tensor, _ a: Tensor) -> Tensor {
    each(gradient, a, ck_gelu_tanh_backward)
  }

  // MARK: Piecewise linear activations; the ramp goes from 0 to 1 over `width`

  static func hardSigmoid(_ a: Tensor, width: Float) -> Tensor {
    each(a) { ck_hard_sigmoid($0, $1, width, $2, $3) }
  }
  static func hardSigmoidBackward(_ gradient: Tensor, _ a: Tensor, width: Float) -> Tensor {
    each(gradient, a) { ck_hard_sigmoid_backward($0, $1, $2, width, $3, $4) }
  }

  static func hardSwish(_ a: Tensor) -> Tensor { each(a, ck_hard_silu) }
  static func hardSwishBackward(_ gradient: Tensor, _ a: Tensor) -> Tensor {
    each(gradient, a, ck_hard_silu_backward)
  }

  private static func each(
    _ a: Tensor, _ body: (Int, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int32) -> Void
  ) -> Tensor {
    Tensor(shape: a.shape) { body(a.count, a.start, $0.baseAddress, threads) }
  }

  private static func each(
    _ gradient: Tensor, _ a: Tensor,
    _ body: (Int, UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int32) -> Void
  ) -> Tensor {
    precondition(gradient.shape == a.shape, "shapes differ: \(gradient.shape) and \(a.shape)")
    return Tensor(shape: a.shape) { body(a.count, gradient.start, a.start, $0.baseAddress, threads) }
  }

  // MARK: Layer normalisation over rows of `size` numbers

  static func layerNormalization(
    _ a: Tensor, size: Int, gamma: Tensor?, beta: Tensor?, epsilon: Float
  ) -> Tensor {
    Tensor(shape: a.shape) {
      ck_layer_norm_forward(
        a.count / max(size, 1), size, a.start, gamma?.start, beta?.start, Double(epsilon), $0.baseAddress,
        threads)
    }
  }

  static func layerNormalizationBackward(
    _ gradient: Tensor, _ a: Tensor, size: Int, gamma: Tensor?, epsilon: Float
  ) -> Tensor {
    Tensor(shape: a.shape) {
      ck_layer_norm_backward(
        a.count / max(size, 1), size, gradient.start, a.start, gamma?.start, Double(epsilon), $0.baseAddress,
        threads)
    }
  }

  // MARK: Softmax over the last axis

  static func softmax(_ a: Tensor) -> Tensor {
    Tensor(shape: a.shape) {
      ck_softmax_forward(a.count / max(a.channels, 1), a.channels, a.start, $0.baseAddress, threads)
    }
  }

  /// The gradient at the input of a softmax with this output.
  static func softmaxBackward(_ gradient: Tensor, _ output: Tensor) -> Tensor {
    Tensor(shape: output.shape) {
      ck_softmax_backward(
        output.count / max(output.channels, 1), output.channels, gradient.start, output.start, $0.baseAddress,
        threads)
    }
  }
}
