internal import Configuration
internal import Metrics
internal import ModelLibrary
internal import SaliencyCore

/// Values and keys of what a setting shows.
extension Studio {
  /// A measure of a setting, from the store if it is there.
  func finding(_ measure: Measure, of setting: Setting) throws -> Finding {
    let request = try request(of: setting)
    if measure.isAboutRequest { return try measure(request, nil, against: nil) }
    if case .metric(let metric, let value) = measure {
      let score = try score(metric, of: setting) { try self.answer(to: setting).subject }
      return score.values[value].map(Finding.number) ?? .none(score.reason ?? "no number")
    }
    let other = measure.isComparison ? try compared(setting) : nil
    let key = try key(of: setting)
    let otherKey = try other.map { try self.key(of: $0) }
    let score = try cached(
      Digest { feed in
        feed.add("measure")
        feed.add(key)
        feed.add(measure.name)
        feed.add(setting.enlargement?.rawValue ?? "")
        if let otherKey { feed.add(otherKey) }
        feed.add(other?.enlargement?.rawValue ?? "")
      }
    ) {
      let found = try measure(
        request, self.answer(to: setting), against: other.map { try self.answer(to: $0) })
      if case .none(let reason) = found { return Score([nil], reason: reason) }
      return Score([found.number])
    }
    return score.values[0].map(Finding.number) ?? .none(score.reason ?? "no number")
  }

  /// A metric's score of a setting, from the store if it is there.
  func score(_ metric: any Metric, of setting: Setting, subject: () throws -> Subject) throws -> Score {
    let metricKey = MetricKey(
      code: CodeVersion.joined(CodeVersion.current, CodeVersion.of(metric)), text: metric.canonicalJSON,
      seed: seed)
    let key = try key(of: setting)
    let score = try cached(
      Digest { feed in
        feed.add("score")
        feed.add(key)
        feed.add(metricKey.digest)
      }
    ) { try metric.evaluate(subject()) }
    let count = type(of: metric).descriptor.values.count
    return score.values.count == count ? score : try metric.evaluate(subject())
  }

  private func cached(_ key: @autoclosure () -> Digest, _ compute: () throws -> Score) throws -> Score {
    guard let cache else { return try compute() }
    return try cache.value(key(), compute)
  }

  /// A digest of everything that decides a setting's attribution, and of what is annotated.
  func key(of setting: Setting) throws -> Digest {
    let choice = try method(of: setting)
    let request = try request(of: setting)
    let model = request.request.model
    let key = UnitKey(
      code: CodeVersion.joined(CodeVersion.current, CodeVersion.of(choice.method)),
      model: fingerprint(of: model, setting), layer: request.request.layer.map { model.graph[$0].name },
      method: choice.keyText)
    return key.digest(
      RequestRecord.Asked(
        classIndex: request.target, className: request.className, probability: nil,
        pixels: Digest { $0.add(request.request.inputs) }, annotations: request.annotations.digest))
  }

  /// The method with all that the setting says of it.
  func method(of setting: Setting) throws(SettingError) -> MethodChoice {
    guard var choice = setting.method else {
      throw SettingError("no method is named; add a line \"method: ...\"")
    }
    choice.layer = setting.layer ?? choice.layer
    choice.score = setting.score ?? choice.score
    choice.reduction = setting.reduction ?? choice.reduction
    return choice
  }
}
