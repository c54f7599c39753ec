/// A layer whose kernel can finish each result before it stores it: where a chain of layers is fused, it stands first.
protocol EpilogueLayer: Layer {
  /// Writes the layer's result, with its own bias and then the epilogue applied, into `target`.
  func forward(_ input: Tensor, _ epilogue: Epilogue, into target: FeatureTarget)
  /// Whether `target` may be wider than the result, as a place in a concatenation is.
  var writesIntoWiderTargets: Bool { get }
  /// Whether the kernel can note ReLU mask.
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

/// A layer of one input whose pullback can finish each result before it stores it.
protocol EpiloguePullbackLayer: Layer {
  /// The pullback, with the epilogue applied. The epilogue's mask, where it has one, is what the layer was given.
  func pullback(_ signal: FeatureView, at step: Step, _ epilogue: Epilogue) -> Tensor
  /// Whether an epilogue may have ReLU mask.
  var readsReLUMask: Bool { get }
}

extension EpiloguePullbackLayer {
  var readsReLUMask: Bool { true }
}

extension Conv2D: EpilogueLayer, EpiloguePullbackLayer {
  var writesIntoWiderTargets: Bool { depthwise == nil }
  // A word of ReLU mask belongs to one group alone.
  var savesReLUMask: Bool { depthwise != nil || groups == 1 || filters / groups % ReLUMask.lanes == 0 }
  var readsReLUMask: Bool { depthwise != nil || groups == 1 || kernelShape[2] % ReLUMask.lanes == 0 }

  func forward(_ input: Tensor, _ epilogue: Epilogue, into target: FeatureTarget) {
    if let depthwise { return depthwise.forward(input, epilogue, into: target) }
    var epilogue = epilogue
    epilogue.bias = bias
    convolution(on: input.shape).run(.forward, FeatureView(input), packed, epilogue, into: target)
  }

  func pullback(_ signal: FeatureView, at step: Step, _ epilogue: Epilogue) -> Tensor {
    if let depthwise { return depthwise.pullback(signal, at: step, epilogue) }
    let shape = step.inputShape
    return Tensor(shape: shape) {
      convolution(on: shape).run(.backward, signal, packed, epilogue, into: $0)
    }
  }
}

extension Dense: EpilogueLayer, EpiloguePullbackLayer {
  var writesIntoWiderTargets: Bool { false }

  func forward(_ input: Tensor, _ epilogue: Epilogue, into target: FeatureTarget) {
    var epilogue = epilogue
    epilogue.bias = bias
    if input.shape.rank > 2 {
      pointwise(on: input.shape).run(.forward, FeatureView(input), packed, epilogue, into: target)
    } else {
      Kernels.dense(input, kernel, epilogue, into: target)
    }
  }

  func pullback(_ signal: FeatureView, at step: Step, _ epilogue: Epilogue) -> Tensor {
    let shape = step.inputShape
    return Tensor(shape: shape) {
      if shape.rank > 2 {
        pointwise(on: shape).run(.backward, signal, packed, epilogue, into: $0)
      } else {
        Kernels.denseBackward(signal.tensor, kernel, epilogue, into: $0)
      }
    }
  }
}

extension DepthwiseConv2D: EpilogueLayer, EpiloguePullbackLayer {
  var writesIntoWiderTargets: Bool { false }

  func forward(_ input: Tensor, _ epilogue: Epilogue, into target: FeatureTarget) {
    var epilogue = epilogue
    epilogue.bias = bias
    Kernels.depthwise(.forward, input, kernel, window, placement(input.shape), epilogue, into: target)
  }

  func pullback(_ signal: FeatureView, at step: Step, _ epilogue: Epilogue) -> Tensor {
    let shape = step.inputShape
    return Tensor(shape: shape) {
      Kernels.depthwise(.backward, signal.tensor, kernel, window, placement(shape), epilogue, into: $0)
    }
  }
}

extension MaxPool2D: EpiloguePullbackLayer {
  func pullback(_ signal: FeatureView, at step: Step, _ epilogue: Epilogue) -> Tensor {
    let place = placement(window, step.inputShape)
    let argmax = step.argmax ?? Kernels.argmax(step.inputs[0], window, place).1
    return Kernels.maximumBackward(
      signal.tensor, argmax, maxima: step.storedOutput, window, place, epilogue)
  }
}

extension AveragePool2D: EpiloguePullbackLayer {
  func pullback(_ signal: FeatureView, at step: Step, _ epilogue: Epilogue) -> Tensor {
    Kernels.averageBackward(signal.tensor, window, placement(window, step.inputShape), epilogue)
  }
}

extension GlobalAveragePool2D: EpiloguePullbackLayer {
  func pullback(_ signal: FeatureView, at step: Step, _ epilogue: Epilogue) -> Tensor {
    Kernels.globalAverageBackward(signal.tensor, epilogue, shape: step.inputShape)
  }
}
