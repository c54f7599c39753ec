internal import CKernels
internal import Synchronization

/// One layer's weights in the forms its kernels read, each made when it is first needed.
///
/// A layer and its copies share one of these; a layer with other weights has its own. Weights are most of what a network
/// takes, so nothing is held twice that can be computed from what is there:
///
/// * The filter itself is released once it is packed, if it can be computed again or if packing only moved its numbers; reading
///   it then unpacks it. The pages of a mapped file are released.
/// * The backward kernels can read large forward-packed weights transposed, which costs a part of a pass each time: a copy pays
///   only for many passes. Small weights are packed for both directions at once.
final class PackedFilters: Sendable {
  struct Key: Equatable {
    let direction: Convolution.Direction
    let algorithm: UInt32
    var padTop = 0
    var padLeft = 0
    var rowPhases = 0
    var columnPhases = 0
  }

  /// How many backward passes read the forward-packed weights before they are packed for the backward direction: more than
  /// explaining a few images takes, fewer than an experiment.
  static let passesBeforeCopy = 64
  /// The smallest filter that is read transposed rather than copied, in numbers: 2 MB.
  ///
  /// All layers with smaller ones together take little memory.
  static let fewestTurned = 512 << 10

  private struct Form {
    let key: Key
    let convolution: Convolution
    let packed: Tensor
  }

  /// Where the filter is.
  private enum Source {
    case held(Tensor)
    case origin(TensorStorage.Origin)
    /// In a form that has all its numbers.
    case form
  }

  private struct State {
    var source: Source
    /// Two in most layers, one for each direction: looking at each is faster than any table.
    var forms: [Form] = []
    var turnedPasses = 0
  }

  let shape: Shape
  private let isNeededAsItIs: Bool
  private let state: Mutex<State>

  /// - Parameter isNeededAsItIs: Whether the layer also computes with the filter itself.
  init(_ filter: Tensor, isNeededAsItIs: Bool) {
    shape = filter.shape
    self.isNeededAsItIs = isNeededAsItIs
    state = Mutex(State(source: .held(filter)))
  }

  /// A filter that `origin` writes when it is first needed.
  init(_ shape: Shape, from origin: @escaping TensorStorage.Origin, isNeededAsItIs: Bool) {
    self.shape = shape
    self.isNeededAsItIs = isNeededAsItIs
    state = Mutex(State(source: .origin(origin)))
  }

  /// The filter as it came.
  var filter: Tensor {
    state.withLock { state in
      let filter = filter(state)
      if isNeededAsItIs { state.source = .held(filter) }
      return filter
    }
  }

  /// The floats that are held, in whatever form.
  var heldCount: Int {
    state.withLock { state in
      let packed = state.forms.reduce(0) { $0 + $1.packed.count }
      if case .held(let filter) = state.source { return packed + filter.count }
      return packed
    }
  }

  /// What a convolution reads in a direction, and how it reads it.
  func weights(
    for convolution: Convolution, _ direction: Convolution.Direction
  ) -> (packed: Tensor, algorithm: ck_algorithm) {
    let own = convolution.algorithm(direction)
    let key = convolution.packKey(direction)
    // Packed under the lock: a second thread waits rather than doing the same work.
    return state.withLock { state in
      if let known = state.forms.first(where: { $0.key == key }) { return (known.packed, own) }
      guard direction == .backward, let turned = convolution.turnedAlgorithm else {
        return (pack(direction, convolution, &state), own)
      }
      let forwardKey = convolution.packKey(.forward)
      let forward =
        state.forms.first { $0.key == forwardKey }?.packed ?? pack(.forward, convolution, &state)
      state.turnedPasses += 1
      if forward.count >= Self.fewestTurned, state.turnedPasses <= Self.passesBeforeCopy {
        return (forward, turned)
      }
      let copy = convolution.turn(forward)
      state.forms.append(Form(key: key, convolution: convolution, packed: copy))
      return (copy, own)
    }
  }

  private func pack(
    _ direction: Convolution.Direction, _ convolution: Convolution, _ state: inout State
  ) -> Tensor {
    let filter = filter(state)
    let packed = convolution.pack(filter, direction)
    state.forms.append(Form(key: convolution.packKey(direction), convolution: convolution, packed: packed))
    release(filter, &state)
    return packed
  }

  /// Releases a filter that was packed, if it can be computed again.
  private func release(_ filter: Tensor, _ state: inout State) {
    guard !isNeededAsItIs, case .held = state.source else { return }
    if completeForm(state) != nil {
      state.source = .form
    } else if let origin = filter.origin {
      state.source = .origin(origin)
    }
    // Releasing pages does not pay in a command that ends soon.
    if Execution.expectsManyPasses { filter.forgetPages() }
  }

  private func completeForm(_ state: State) -> Form? {
    state.forms.first { $0.key.direction == .forward && $0.convolution.packsWithoutLoss }
  }

  private func filter(_ state: State) -> Tensor {
    switch state.source {
    case .held(let filter): return filter
    case .origin(let origin): return Tensor(repeatable: shape, from: origin)
    case .form:
      guard let form = completeForm(state) else {
        preconditionFailure("a filter is given up only where a form has all its numbers")
      }
      return form.convolution.unpack(form.packed, shape: shape)
    }
  }
}
