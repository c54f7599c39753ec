/// The noise of stochastic methods (SmoothGrad), which is a function of the image and of the method's seed.
extension AttributionRequest {
  /// The number that keys the noise that a method draws for image `n`: by default it follows from the image's pixels.
  ///
  /// A stochastic method takes its noise from `CounterRandom(seed: seed, path: request.noiseKey(of: n), sample)`.
  public func noiseKey(of n: Int) -> UInt64 { heldNoiseKeys?[n] ?? inputs.sample(n).contentKey }

  /// The same request, in which methods draw the noise that they draw for image `n` of another request.
  ///
  /// Robustness metrics use it for perturbed images: without it the map of a stochastic method would change because its noise
  /// does. Requests that a method makes from this one, for copies of the images, do not inherit it: noise drawn for a noisy
  /// copy follows the copy's pixels.
  public func holdingNoise(of original: AttributionRequest, _ n: Int = 0) -> AttributionRequest {
    var copy = self
    copy.heldNoiseKeys = Array(repeating: original.noiseKey(of: n), count: inputs.batchSize)
    return copy
  }
}
