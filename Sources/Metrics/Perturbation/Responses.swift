internal import Foundation
public import SaliencyCore

/// The model output that is measured on perturbed images.
public enum Response: String, Sendable, Codable, CaseIterable {
  /// The probability of the class. A model with several bare scores gets a softmax over them. If there is none
  /// (`Subject.hasProbability`), it is the explained score: of a target that is not one class, or of a single bare number.
  case probability
  /// The score that the map explains, before the softmax by default.
  case explainedScore = "score"
}

extension Subject {
  /// The model's response to each of several perturbed copies of an image; every metric that perturbs uses it.
  ///
  /// Copies are made and evaluated a micro-batch at a time; the response to a copy does not depend on the others.
  ///
  /// - Parameters:
  ///   - count: How many copies.
  ///   - original: What is copied, `[1, H, W, C]`; the subject's input by default.
  ///   - change: Changes copy `k`, given as its elements in row-major order.
  /// - Throws: What `change` throws; `GraphError`.
  public func responses(
    _ response: Response, to count: Int, copiesOf original: Tensor? = nil,
    change: (_ k: Int, _ copy: UnsafeMutableBufferPointer<Float>) throws -> Void
  ) throws -> [Double] {
    let original = original ?? input
    let width = original.count
    var results: [Double] = []
    for start in stride(from: 0, to: count, by: batchSize) {
      let size = min(batchSize, count - start)
      let batch = try Tensor(shape: original.shape.sample.batched(size)) { batch in
        for k in 0..<size {
          let copy = UnsafeMutableBufferPointer(rebasing: batch[(k * width)..<((k + 1) * width)])
          original.withUnsafeScalars { _ = copy.initialize(from: $0) }
          try change(start + k, copy)
        }
      }
      results += try responses(response, to: batch)
    }
    return results
  }

  /// The class's probability for each image of a batch, and whether the class is the one with the largest output.
  func probabilities(for batch: Tensor) throws -> [(probability: Double, isPredicted: Bool)] {
    let target = try requiredClass()
    let rows = try request.outputs(for: batch, at: model.output)
    let width = rows.shape.sample.count
    let wantsSoftmax = model.outputKind == .bare && width > 1
    return rows.withUnsafeScalars { values in
      (0..<batch.batchSize).map { n in
        let row = UnsafeBufferPointer(rebasing: values[(n * width)..<((n + 1) * width)])
        let isPredicted = row.indices.allSatisfy { row[$0] <= row[target] }
        return (wantsSoftmax ? softmax(row, at: target) : Double(row[target]), isPredicted)
      }
    }
  }

  private func responses(_ response: Response, to batch: Tensor) throws -> [Double] {
    guard response == .probability, hasProbability, let index = target.classIndex else {
      return try request.scores(for: batch, explainedAs: 0).map(Double.init)
    }
    let rows = try request.outputs(for: batch, at: model.output)
    let width = rows.shape.sample.count
    return rows.withUnsafeScalars { values in
      (0..<batch.batchSize).map { n in
        let row = UnsafeBufferPointer(rebasing: values[(n * width)..<((n + 1) * width)])
        return model.outputKind == .bare ? softmax(row, at: index) : Double(row[index])
      }
    }
  }

  /// Whether `Response.probability` is a probability: not for a target that is not one class, and not for a model whose output
  /// is a single bare number.
  public var hasProbability: Bool {
    target.classIndex != nil && (model.outputKind != .bare || model.classCount > 1)
  }

  /// What the curves of `Response.probability` show.
  var responseTitle: String { title(of: .probability) }

  /// What curves of a response show.
  func title(of response: Response) -> String {
    guard response == .probability, target.classIndex != nil else { return "explained score" }
    return hasProbability ? "class probability" : "output"
  }

  /// The response to the image as it is.
  func response(_ kind: Response) throws -> Double {
    kind == .probability ? try probability() : try explainedScore()
  }

  /// The probability of the class for the image as it is.
  public func probability() throws -> Double {
    try shared.value(for: "probability") { try responses(.probability, to: 1) { _, _ in }[0] }
  }

  /// The explained score of the image as it is.
  public func explainedScore() throws -> Double {
    try shared.value(for: "explained score") { try responses(.explainedScore, to: 1) { _, _ in }[0] }
  }
}

extension AttributionRequest {
  /// The probability of the class of the first image as `Response.probability` measures it; nil for a single bare number, and
  /// for a target that is not one class.
  package var measuredProbability: Double? {
    if let probabilities { return Double(probabilities[0]) }
    guard model.classCount > 1, let index = targets[0].classIndex else { return nil }
    return tape[model.output].sample(0).withUnsafeScalars { softmax($0, at: index) }
  }
}

/// The softmax of a row at one place, in double precision.
private func softmax(_ row: UnsafeBufferPointer<Float>, at place: Int) -> Double {
  let top = Double(row.max() ?? 0)
  let total = row.reduce(0) { $0 + exp(Double($1) - top) }
  return exp(Double(row[place]) - top) / total
}
