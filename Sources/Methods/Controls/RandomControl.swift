internal import Configuration
public import SaliencyCore

/// A random map: independent numbers from [0, 1), one for each pixel.
///
/// Attribution `[N, H, W, 1]`. The map depends on the seed and the pixels alone, not on the class or the model.
public struct RandomControl: SaliencyMethod {
  public static let descriptor = MethodDescriptor(
    "random", title: "Random", family: .control, paper: "", reduction: .sum)

  /// The seed of the random numbers.
  public var seed: UInt64 = 0

  public init() {}

  /// Random maps of a seed.
  public init(seed: UInt64) { self.seed = seed }

  public var expectedPasses: Passes { Passes() }

  public func attribution(for request: AttributionRequest) throws -> Attribution {
    let shape = request.model.inputShape
    let maps = (0..<request.inputs.batchSize).map { n in
      CounterRandom(seed: seed, path: Self.stream, request.inputs.sample(n).contentKey)
        .uniform(0..<1, shape: [1, shape[0], shape[1], 1])
    }
    return Attribution(Tensor(concatenating: maps))
  }

  private static let stream: UInt64 = 0x7261_6E64_6F6D
}
