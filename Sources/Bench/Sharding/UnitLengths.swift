internal import Metrics
internal import SaliencyCore

/// What units of work cost, by counting: passes through the network times the multiplications of a pass.
///
/// Nothing is measured, so that the numbers are the same on every machine and in every process.
struct UnitLengths {
  private let plan: WorkPlan
  private let thousands: [Int]
  private let subjects: [[ScoredMap?]]

  init(_ plan: WorkPlan) {
    self.plan = plan
    thousands = plan.models.map { max($0.model.multiplications / 1000, 1) }
    subjects = plan.models.map { model in
      plan.methods.map { method in
        method.suits(model) ? ScoredMap(model: model.model, method: method.choice.method) : nil
      }
    }
  }

  /// The lengths of a request's units, by method, in thousands of multiplications.
  func lengths(model: Int, image: Int) -> [Int] {
    // What asks the network nothing takes some time all the same.
    passes(model: model, image: image).map { max($0.total * thousands[model], 1) }
  }

  /// The passes of a request's units, by method.
  ///
  /// The forward pass and what metrics share between methods count to the first.
  func passes(model: Int, image: Int) -> [Passes] {
    let asked = plan.metrics.filter { $0.covers(image: image) }.map(\.choice.metric)
    var common = Passes(forward: 1)
    var own = subjects[model].map { subject -> Passes in
      guard let subject else { return Passes() }
      return asked.reduce(subject.method) { $0 + $1.expectedPasses(for: subject).each }
    }
    if let any = subjects[model].lazy.compactMap(\.self).first {
      common = asked.reduce(common) { $0 + $1.expectedPasses(for: any).shared }
    }
    if !own.isEmpty { own[0] = own[0] + common }
    return own
  }

  /// The passes of all requests to a model, and how many requests there are.
  func passes(model: Int) -> (passes: Passes, requests: Int) {
    let places = plan.places.filter { $0.model == model }
    return (sum(places.map { ($0, 0..<plan.methods.count) }), places.count)
  }

  /// The passes of a part of the work.
  func passes(of share: WorkShare) -> Passes { sum(share.places.map { ($0, share.methods(at: $0)) }) }

  private func sum(_ units: [(place: RequestPlace, methods: Range<Int>)]) -> Passes {
    // Which metrics are asked decides; few kinds of images differ in that.
    var known: [Kind: [Passes]] = [:]
    return units.reduce(Passes()) { sum, units in
      let (model, image) = (units.place.model, units.place.image)
      let kind = Kind(model: model, isAsked: plan.metrics.map { $0.covers(image: image) })
      let all = known[kind] ?? passes(model: model, image: image)
      known[kind] = all
      return all[units.methods].reduce(sum, +)
    }
  }

  private struct Kind: Hashable {
    let model: Int
    let isAsked: [Bool]
  }
}

extension WorkPlan {
  /// The experiment's units on a line.
  var line: WorkLine {
    let lengths = UnitLengths(self)
    let order = CounterRandom(seed: experiment.seed, path: 0x0073_6861_7264).permutation(of: images.count)
    // Which metrics are asked decides the lengths; few kinds of images differ in that.
    var known: [[Bool]: [[Int]]] = [:]
    func all(of image: Int) -> [[Int]] {
      let kind = metrics.map { $0.covers(image: image) }
      if let found = known[kind] { return found }
      let made = models.indices.map { lengths.lengths(model: $0, image: image) }
      known[kind] = made
      return made
    }
    return WorkLine(
      order.flatMap { image in
        let lengths = all(of: image)
        return models.indices.flatMap { model in
          targets(of: images[image]).map { target in
            (place: RequestPlace(model: model, image: image, target: target), lengths: lengths[model])
          }
        }
      })
  }
}

extension Model {
  /// About how many multiplications a forward pass of one image takes: each parameter once at each place of the output.
  var multiplications: Int {
    let reached = graph.ancestors(of: [score])
    return graph.nodes.reduce(0) { sum, node in
      guard reached[node.id.index] else { return sum }
      guard let layer = node.layer as? any ParametricLayer, let channels = node.shape.dimensions.last else {
        return sum + node.shape.count
      }
      let places = node.shape.count / max(channels, 1)
      return sum + places * layer.parameterCount
    }
  }
}

extension Passes {
  /// A pass back costs about what a pass forward does.
  var total: Int { forward + backward }

  static func + (a: Passes, b: Passes) -> Passes {
    Passes(forward: a.forward + b.forward, backward: a.backward + b.backward)
  }

  static func * (a: Passes, times: Int) -> Passes {
    Passes(forward: a.forward * times, backward: a.backward * times)
  }
}
