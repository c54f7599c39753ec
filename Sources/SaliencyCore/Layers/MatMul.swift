internal import CKernels

/// The products of matrices of two inputs: `[N, B, M, K]` times `[N, B, K, P]` is `[N, B, M, P]`.
///
/// Either input may have its matrices transposed.
public struct MatMul: Layer {
  /// Whether the matrices of the first input are `[K, M]`.
  public let isFirstTransposed: Bool
  /// Whether the matrices of the second input are `[P, K]`.
  public let isSecondTransposed: Bool

  /// Products of matrices, any of which may be stored transposed.
  public init(transposingFirst: Bool = false, transposingSecond: Bool = false) {
    isFirstTransposed = transposingFirst
    isSecondTransposed = transposingSecond
  }

  public func outputShape(for inputs: [Shape]) throws(GraphError) -> Shape {
    guard inputs.count == 2, inputs.allSatisfy({ $0.rank == 3 }), inputs[0][0] == inputs[1][0],
      inputs[0][isFirstTransposed ? 1 : 2] == inputs[1][isSecondTransposed ? 2 : 1]
    else {
      throw .rejected(inputs, wanted: "two lists of as many matrices, whose inner sizes are equal")
    }
    return [inputs[0][0], inputs[0][isFirstTransposed ? 2 : 1], inputs[1][isSecondTransposed ? 1 : 2]]
  }

  public func callAsFunction(_ inputs: [Tensor]) -> Tensor {
    let (first, second) = matrices(inputs)
    return first.times(second, shape: [inputs[0].shape[0], inputs[0].shape[1], first.rows, second.columns])
  }

  public func pullback(_ signal: Tensor, at step: Step) -> [Tensor] {
    let inputs = step.inputs
    let (first, second) = matrices(inputs)
    let signal = Matrices(signal, transposed: false)
    let byFirst =
      isFirstTransposed
      ? second.times(signal.transposed, shape: inputs[0].shape)
      : signal.times(second.transposed, shape: inputs[0].shape)
    let bySecond =
      isSecondTransposed
      ? signal.transposed.times(first, shape: inputs[1].shape)
      : first.transposed.times(signal, shape: inputs[1].shape)
    return [byFirst, bySecond]
  }

  private func matrices(_ inputs: [Tensor]) -> (Matrices, Matrices) {
    (
      Matrices(inputs[0], transposed: isFirstTransposed),
      Matrices(inputs[1], transposed: isSecondTransposed)
    )
  }
}

/// The matrices of a tensor `[N, B, rows, columns]`, or of their transposes.
private struct Matrices {
  private let tensor: Tensor
  private let isTransposed: Bool
  var rows: Int { tensor.shape[isTransposed ? 3 : 2] }
  var columns: Int { tensor.shape[isTransposed ? 2 : 3] }

  init(_ tensor: Tensor, transposed: Bool) {
    self.tensor = tensor
    isTransposed = transposed
  }

  var transposed: Matrices { Matrices(tensor, transposed: !isTransposed) }

  private var operand: ck_matrices {
    let width = tensor.shape[3]
    return ck_matrices(
      start: tensor.start, step: tensor.shape[2] * width, row: isTransposed ? 1 : width,
      column: isTransposed ? width : 1)
  }

  /// The products with other matrices.
  func times(_ other: Matrices, shape: Shape) -> Tensor {
    var products = ck_products(
      count: tensor.shape[0] * tensor.shape[1], rows: rows, inner: columns, columns: other.columns,
      first: operand, second: other.operand)
    let threads = Int32(Execution.threads)
    return Tensor(shape: shape) { result in
      BufferPool.shared.withFloats(ck_products_workspace_size(&products, threads)) { workspace in
        ck_products_run(&products, result.baseAddress, workspace, threads)
      }
    }
  }
}
