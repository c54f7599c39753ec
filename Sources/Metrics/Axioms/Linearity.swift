internal import Configuration
internal import SaliencyCore

/// Linearity: whether the attribution of a sum of two scores is the sum of their attributions.
///
/// |phi(f + g) - (phi(f) + phi(g))| / (|phi(f)| + |phi(g)|) in the L2 norm: f the score of the class, g that of another
/// class, drawn evenly from the others; f + g is a third output added to the model. The attributions are as the method
/// gives them. 0 for gradients and all averages of them; at most 1 for methods with phi(f + g) = 0.
///
/// M. Sundararajan, A. Taly, Q. Yan, "Axiomatic Attribution for Deep Networks", ICML 2017, arXiv:1703.01365, section 4.
public struct Linearity: Metric {
  public static let descriptor = MetricDescriptor(
    "linearity", title: "Linearity", category: .axioms, direction: .lower,
    paper: "Sundararajan 2017, arXiv:1703.01365", needs: [.method])

  public init() {}

  public func expectedPasses(for map: ScoredMap) -> MetricPasses {
    MetricPasses(each: map.recomputed(times: 3))
  }

  public func score(_ subject: Subject) throws -> Score {
    let classes = subject.model.classCount
    guard classes > 1 else { throw NotApplicable("the model has one class only") }
    guard subject.model.graph.inputs.count == 1 else { throw NotApplicable("the model has several inputs") }
    guard subject.attribution.values.norm > 0 else { throw NotApplicable("the attribution is all zero") }
    let drawn = subject.random(.otherClass).integer(below: classes - 1, at: 0)
    let target = try subject.requiredClass()
    let other = drawn < target ? drawn : drawn + 1
    let model = try subject.model.summing(target, other)
    let attributions = try (0..<3).map { k in
      let request = try AttributionRequest(
        model, inputs: subject.input, targets: [.index(k)],
        layer: subject.request.layer.map { model.graph[$0].name }, reach: subject.request.reach)
      return try subject.method.attribution(for: request).values
    }
    let scale = attributions[0].norm + attributions[1].norm
    let gap = (attributions[2] - (attributions[0] + attributions[1])).norm
    guard scale > 0, gap.isFinite else { throw NotApplicable("an attribution is all zero or not finite") }
    return Score(gap / scale)
  }
}

extension Model {
  /// The model whose three outputs are the scores of two classes and their sum.
  fileprivate func summing(_ first: Int, _ second: Int) throws -> Model {
    var kernel = [Float](repeating: 0, count: classCount * 3)
    for (column, classes) in [[first], [second], [first, second]].enumerated() {
      for index in classes { kernel[index * 3 + column] = 1 }
    }
    var graph = self.graph
    let sum = Dense(kernel: Tensor(shape: [classCount, 3], scalars: kernel))
    let output = try graph.add(sum, named: "two scores and their sum", inputs: [score])
    var model = Model(name: name, graph: graph, input: input, output: output)
    (model.black, model.white, model.batchLimit) = (black, white, batchLimit)
    return model
  }
}
