internal import ArgumentParser
internal import Bench
internal import Configuration
internal import Metrics
internal import SaliencyCore

/// `saliency metrics`: the metrics that can be named.
struct MetricsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics",
    abstract: "List the metrics: name, category, direction, parameters, needs, paper.",
    discussion: """
      A metric is given by its name, with parameters in brackets where they differ from the defaults listed here:
        deletion(step=448, fill=blur)
      """)

  @OptionGroup var list: ListOptions

  func run() throws { try list.print(Invocation.current.metrics.types.compactMap(MetricEntry.init)) }
}

/// One metric, as it is listed.
private struct MetricEntry: ListedEntry {
  struct Value: Encodable {
    let name: String
    let title: String
    let direction: MetricDirection
    let unit: String
  }

  let name: String
  let title: String
  let category: MetricCategory
  let paper: String
  let needs: [MetricNeed]
  let average: MetricDescriptor.Average
  let values: [Value]
  let parameters: [String: ParameterTree]

  init?(_ type: any Configurable.Type) {
    guard let type = type as? any Metric.Type else { return nil }
    let descriptor = type.descriptor
    name = descriptor.identifier
    title = descriptor.title
    category = descriptor.category
    paper = descriptor.paper
    needs = descriptor.needs.sorted { $0.rawValue < $1.rawValue }
    average = descriptor.average
    values = descriptor.values.map {
      Value(name: $0.name, title: $0.title, direction: $0.direction, unit: $0.unit)
    }
    parameters = type.defaults
  }

  var heading: String { "\(name): \(title), \(paper)" }

  var lines: [(name: String, text: String)] {
    let better = values.map { value in
      "\(values.count > 1 ? value.name + " " : "")\(word(value.direction))"
        + (value.unit.isEmpty ? "" : " (\(value.unit))")
    }
    return [
      ("category", category.rawValue + (average == .classes ? ", averaged over classes" : "")),
      ("better", better.joined(separator: ", ")),
      ("needs", needs.map(\.rawValue).joined(separator: ", ")), ("parameters", listed(parameters)),
    ]
  }

  private func word(_ direction: MetricDirection) -> String {
    switch direction {
    case .higher: "higher"
    case .lower: "lower"
    case .none: "neither"
    }
  }
}
