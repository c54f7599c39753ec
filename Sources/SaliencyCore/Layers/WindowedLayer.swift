internal import CKernels

/// A layer of one input whose output at a position depends only on a window of the input there.
protocol WindowedLayer: Layer {
  var window: Window { get }

  /// The layer on a part of a map, with the bits that it has on the whole.
  ///
  /// - Parameters:
  ///   - part: The part of the input that the windows read, `[1, h, w, C]`.
  ///   - place: Where the windows lie on the part.
  ///   - whole: Where they lie on the whole map.
  func applied(to part: Tensor, _ place: Window.Placement, whole: Window.Placement) -> Tensor

  /// How many rows, and columns, of the output are computed together: a part begins and ends at a multiple of it, or at the edge.
  func tile(_ whole: Window.Placement) -> Int
}

extension WindowedLayer {
  func tile(_ whole: Window.Placement) -> Int { 1 }
}

extension Conv2D: WindowedLayer {
  func applied(to part: Tensor, _ place: Window.Placement, whole: Window.Placement) -> Tensor {
    if let depthwise { return depthwise.applied(to: part, place, whole: whole) }
    var convolution = Convolution(kernel: kernelShape, window: window, place: place, groups: groups)
    convolution.forwardAlgorithm = algorithm(whole)
    var epilogue = Epilogue()
    epilogue.bias = bias
    return Tensor(
      shape: [1, place.outputHeight, place.outputWidth, filters],
      filledBy: {
        convolution.run(.forward, FeatureView(part), packed, epilogue, into: $0)
      })
  }

  func tile(_ whole: Window.Placement) -> Int {
    if depthwise != nil { return 1 }
    switch algorithm(whole) {
    case CK_WINOGRAD4: return 4
    case CK_WINOGRAD2: return 2
    default: return 1
    }
  }

  private func algorithm(_ whole: Window.Placement) -> ck_algorithm {
    Convolution(kernel: kernelShape, window: window, place: whole, groups: groups).algorithm(.forward)
  }
}

extension DepthwiseConv2D: WindowedLayer {
  func applied(to part: Tensor, _ place: Window.Placement, whole: Window.Placement) -> Tensor {
    var epilogue = Epilogue()
    epilogue.bias = bias
    return Tensor(
      shape: [1, place.outputHeight, place.outputWidth, channels * multiplier],
      filledBy: {
        Kernels.depthwise(.forward, part, kernel, window, place, epilogue, into: $0)
      })
  }
}

extension MaxPool2D: WindowedLayer {
  func applied(to part: Tensor, _ place: Window.Placement, whole: Window.Placement) -> Tensor {
    Kernels.maximum(part, window, place)
  }
}

extension AveragePool2D: WindowedLayer {
  func applied(to part: Tensor, _ place: Window.Placement, whole: Window.Placement) -> Tensor {
    Kernels.average(part, window, place)
  }
}
