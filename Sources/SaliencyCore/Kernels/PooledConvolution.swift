internal import CKernels

/// A convolution whose map only a max pooling reads: it is pooled a few rows at a time, while the caches hold them.
extension Conv2D {
  /// Smaller maps stay in the caches as they are.
  private static let smallestMap = 128 << 10

  /// Whether that works, and pays, on inputs of a shape.
  ///
  /// Not if windows leave rows out: those would not be computed, and have no ReLU mask.
  func canPool(by pool: Window, on shape: Shape) -> Bool {
    guard groups == 1, pool.strideY <= pool.height, pool.strideX <= pool.width else { return false }
    let map = convolution(on: shape)
    return map.isDirect(.forward) && map.outputs >= Self.smallestMap
  }

  /// The maxima of the convolution's map, with its own bias and then the epilogue applied, and where they were.
  func maxima(
    of input: Tensor, _ epilogue: Epilogue, _ pool: Window, keepsWinners: Bool
  ) -> (Tensor, ArgmaxIndices?) {
    var epilogue = epilogue
    epilogue.bias = bias
    let convolution = convolution(on: input.shape)
    let place = pool.placement(on: convolution.outputShape)
    let shape: Shape = [input.batchSize, place.outputHeight, place.outputWidth, filters]
    var argmax: ArgmaxIndices?
    let maxima = Tensor(shape: shape) { result in
      func run(_ places: UnsafeMutablePointer<UInt8>?) {
        convolution.runPooled(
          FeatureView(input), packed, epilogue, Kernels.pool(pool, place, channels: filters),
          into: result.baseAddress, places)
      }
      guard keepsWinners else { return run(nil) }
      argmax = ArgmaxIndices(
        places: [UInt8](unsafeUninitializedCapacity: result.count) { places, count in
          run(places.baseAddress)
          count = result.count
        })
    }
    return (maxima, argmax)
  }
}
