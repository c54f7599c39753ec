internal import Metrics
internal import SaliencyCore

/// What a unit of work holds at the most, beside what the process holds in any case.
struct UnitMemory: Sendable, Equatable {
  /// Bytes of one image's pass forward and back in which every activation is kept.
  var pass: Int
  /// How many forward passes a request keeps: one for each layer and score that its methods look at.
  var tapes = 1
  /// Bytes that metrics keep of a request for all methods.
  var shared = 0

  /// Bytes with batches of `batch` images: the request's own passes, those of a batch, and what is small.
  func need(batch: Int) -> Int { pass * (batch + tapes) + shared + 8 << 20 }
}

extension UnitMemory {
  /// What an experiment's units on a model hold.
  ///
  /// - Parameter pass: As measured; an estimate by the activations and as many gradients if nil.
  init(_ model: Model, _ experiment: Experiment, pass: Int?) {
    self.init(pass: pass ?? model.activationCount * MemoryLayout<Float>.stride * 2)
    tapes +=
      Set((experiment.methods + experiment.controls).map { "\($0.layer ?? "") \($0.score?.rawValue ?? "")" })
      .subtracting([" "]).count
    shared = experiment.metrics.reduce(0) { $0 + $1.metric.expectedMemory(for: model) }
  }
}

extension Experiment {
  /// Bytes that metrics keep once for a model: those that randomise it do so one after another.
  func metricMemory(of model: Model) -> Int {
    metrics.map { $0.metric.expectedModelMemory(for: model) }.max() ?? 0
  }
}

extension Model {
  /// Bytes that one image's pass takes, measured; nil if the system does not tell a peak.
  ///
  /// The first pass is not measured: kernels then make forms of the weights of their own, which they keep.
  func measuredPass() throws -> Int? {
    try rehearse()
    Execution.releaseIdleMemory()
    let before = ResidentMemory.now
    guard ResidentMemory.resetPeak() else { return nil }
    try rehearse()
    guard let peak = ResidentMemory.peak else { return nil }
    // Other threads may have freed memory meanwhile: no pass holds less than a third of its activations.
    return max(peak - before, activationCount * MemoryLayout<Float>.stride / 3)
  }

  /// One pass forward and back in which every activation is kept, and whose gradients are not used.
  private func rehearse() throws {
    let blank = Tensor(repeating: 0, shape: inputShape.batched(1))
    _ = try AttributionRequest(self, inputs: blank, targets: [anyTarget], reach: .values).inputGradient()
  }
}
