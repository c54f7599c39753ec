/// Gradient descent with momentum: v = momentum · v + g; the parameters fall by rate · v.
struct GradientDescent {
  let rate: Float
  let momentum: Float
  private var velocity: [Float]

  init(rate: Float, momentum: Float, count: Int) {
    (self.rate, self.momentum) = (rate, momentum)
    velocity = [Float](repeating: 0, count: count)
  }

  /// One step downhill.
  mutating func step(_ parameters: inout [Float], along gradient: [Float]) {
    for i in parameters.indices {
      velocity[i] = momentum * velocity[i] + gradient[i]
      parameters[i] -= rate * velocity[i]
    }
  }
}
