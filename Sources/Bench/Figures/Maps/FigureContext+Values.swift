internal import Configuration
internal import Metrics
internal import SaliencyCore

/// Values of settings and their keys in the store.
extension FigureContext {
  /// A measure of a setting, from the store if it is there.
  func value(_ measure: Measure, of setting: Setting) throws -> MeasuredValue {
    let request = try request(of: setting)
    switch measure {
    case .score: return try MeasuredValue(score(of: request, setting))
    case .metric(let metric, let value): return try MeasuredValue(score(metric, of: setting), at: value)
    default: if let value = measure.value(of: request) { return value }
    }
    let other = measure.isComparison ? try compared(setting) : nil
    let key = try key(of: setting)
    let otherKey = try other.map { try self.key(of: $0) }
    let score = try kept(
      Digest { feed in
        feed.add("measure")
        feed.add(key)
        feed.add(measure.name)
        feed.add(setting.enlargement?.rawValue ?? "")
        if let otherKey { feed.add(otherKey) }
        feed.add(other?.enlargement?.rawValue ?? "")
      }
    ) {
      let found = try measure.value(of: map(of: setting), against: other.map { try map(of: $0) })
      if case .none(let reason) = found { return Score([nil], reason: reason) }
      return Score([found.number])
    }
    return MeasuredValue(score)
  }

  /// The explained score of a request.
  private func score(of request: OpenRequest, _ setting: Setting) throws -> Score {
    let kind = setting.score ?? setting.method?.score
    let key = Digest { feed in
      feed.add("explained score")
      feed.add(CodeVersion.current)
      feed.add(request.content)
      feed.add((kind ?? .preSoftmax).rawValue)
    }
    return try kept(key) {
      Score(Double(try request.variant(layer: request.model.layer, score: kind).request.scores[0]))
    }
  }

  /// A metric's score of a setting, from the store if it is there.
  func score(_ metric: any Metric, of setting: Setting) throws -> Score {
    func compute() throws -> Score {
      let map = try map(of: setting)
      return try metric.evaluate(
        map.request.subject(
          map.choice, map.attribution, seed: seed, sharedByModel: sharedWork(of: map.request.model)))
    }
    let metricKey = MetricKey(
      code: CodeVersion.joined(CodeVersion.current, CodeVersion.of(metric)), text: metric.canonicalJSON,
      seed: seed)
    let key = try key(of: setting)
    let score = try kept(
      Digest { feed in
        feed.add("score")
        feed.add(key)
        feed.add(metricKey.digest)
      }, compute)
    return score.values.count == type(of: metric).descriptor.values.count ? score : try compute()
  }

  /// A value under a key of the store, computed if it is missing.
  func kept(_ key: Digest, _ compute: () throws -> Score) throws -> Score {
    try store?.value(key, compute) ?? compute()
  }

  /// A tensor of a layer under a key of the store, computed if it is missing.
  func tensor(
    _ name: String, _ request: OpenRequest, _ setting: Setting,
    _ compute: (AttributionRequest) throws -> Tensor
  ) throws -> Tensor {
    let layer = setting.layer ?? setting.method?.layer ?? request.model.layer
    func made() throws -> Attribution {
      Attribution(try compute(request.variant(layer: layer, score: setting.score).request))
    }
    let key = Digest { feed in
      feed.add(name)
      feed.add(CodeVersion.current)
      feed.add(request.content)
      feed.add(layer ?? "")
      feed.add((setting.score ?? .preSoftmax).rawValue)
    }
    return try (store?.attribution(key, isKept: true, made) ?? made()).values
  }

  /// A digest of everything that a setting's attribution and annotations depend on: the key of a benchmark's unit.
  func key(of setting: Setting) throws -> Digest {
    let choice = try method(of: setting)
    let request = try request(of: setting)
    return UnitKey(
      code: CodeVersion.joined(CodeVersion.current, CodeVersion.of(choice.method)),
      model: request.model.fingerprint, layer: choice.layer ?? request.model.layer, method: choice.keyText
    ).digest(request.resolved)
  }
}
