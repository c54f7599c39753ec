/// Failures and N/A results that have the same reason.
struct Failure: Sendable, Equatable {
  var model: String
  var target: String
  /// Empty where the image itself is at fault.
  var method: String
  /// Empty where the method itself is at fault.
  var metric: String
  var outcome: Outcome
  var reason: String
  var times: Int
  var firstImage: String
}

extension Failure {
  /// Failures alike but for their methods in one, with the names of these.
  static func grouped(_ failures: [Failure]) -> [(failure: Failure, methods: [String])] {
    var places: [String: Int] = [:]
    var groups: [(failure: Failure, methods: [String])] = []
    for failure in failures {
      let key = [failure.model, failure.target, failure.metric, failure.outcome.word, failure.reason]
        .joined(separator: "\n")
      if let place = places[key] {
        groups[place].failure.times += failure.times
        groups[place].methods.append(failure.method)
      } else {
        places[key] = groups.count
        groups.append((failure, failure.method.isEmpty ? [] : [failure.method]))
      }
    }
    return groups
  }
}

extension RunTables {
  /// What has no number, by reason: failures first, then by the order of the experiment.
  var failures: [Failure] {
    var found: [Failure] = []
    var places: [String: Int] = [:]
    func note(_ failure: Failure) {
      let key = [
        failure.model, failure.target, failure.method, failure.metric, failure.outcome.word, failure.reason,
      ].joined(separator: "\n")
      if let place = places[key] {
        found[place].times += 1
      } else {
        places[key] = found.count
        found.append(failure)
      }
    }
    for setting in results.settings {
      for (q, request) in setting.requests.enumerated() {
        func failure(_ outcome: Outcome, _ reason: String?, method: String = "", metric: String = "")
          -> Failure
        {
          Failure(
            model: setting.modelName, target: setting.target, method: method, metric: metric,
            outcome: outcome,
            reason: reason ?? "", times: 1, firstImage: request.imageName)
        }
        switch request.state {
        case .failed(let reason): note(failure(.failed, reason))
        case .skipped(let reason): note(failure(.notApplicable, reason))
        case .resolved:
          for (m, method) in results.methods.enumerated() {
            guard let unit = setting.units[m][q] else { continue }
            guard unit.outcome == .done else {
              note(failure(unit.outcome, unit.reason, method: method.name))
              continue
            }
            for (metric, reason) in unit.reasons.sorted(by: { $0.key < $1.key }) {
              let columns = results.columns.indices.filter { results.columns[$0].metric == metric }
              let hasFailed = columns.contains { setting.outcomes[m][$0][q] == .failed }
              note(
                failure(
                  hasFailed ? .failed : .notApplicable, reason, method: method.name,
                  metric: results.experiment.metrics[metric].name))
            }
          }
        }
      }
    }
    return found.filter { $0.outcome == .failed } + found.filter { $0.outcome != .failed }
  }
}
