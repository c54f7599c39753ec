/// A layer whose kernel can apply an epilogue to each result before it stores it: the first of a fused chain.
protocol EpilogueLayer: Layer {
  /// Writes the layer's result, with its own bias and then the epilogue applied, into `target`.
  func forward(_ input: Tensor, _ epilogue: Epilogue, into target: FeatureTarget)
  /// Whether `target` may have more channels than the result, as the output of a concatenation has.
  var writesIntoWiderTargets: Bool { get }
  /// Whether the kernel can write the ReLU mask.
  var savesReLUMask: Bool { get }
}

extension EpilogueLayer {
  var savesReLUMask: Bool { true }

  /// The layer by itself.
  func applied(to input: Tensor) -> Tensor {
    let shape: Shape
    do {
      shape = try outputShape(for: [input.shape.sample])
    } catch {
      preconditionFailure("\(error)")
    }
    return Tensor(shape: shape.batched(input.batchSize)) { forward(input, Epilogue(), into: $0) }
  }
}

/// A layer of one input whose pullback can apply an epilogue to each result before it stores it.
protocol EpiloguePullbackLayer: Layer {
  /// The pullback, with the epilogue applied. A mask in the epilogue is that of the layer's input.
  func pullback(_ signal: FeatureView, at step: Step, _ epilogue: Epilogue) -> Tensor
  /// Whether the epilogue may have a ReLU mask.
  var readsReLUMask: Bool { get }
}

extension EpiloguePullbackLayer {
  var readsReLUMask: Bool { true }
}
