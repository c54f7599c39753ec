internal import ArgumentParser
internal import Bench
internal import SaliencyCore

/// `saliency metrics`: what maps can be judged by.
struct MetricsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics",
    abstract: "Lists the metrics: name, category, direction, parameters, needs, paper.",
    discussion: """
      A metric is given by its name, with parameters in brackets where they differ from the defaults listed here:
        deletion(step=448, fill=blur)
      """)

  @Flag(help: "Prints JSON.")
  var json = false

  func run() throws {
    let invocation = Invocation.current
    let entries = invocation.metrics.types.compactMap { MetricEntry($0) }
    invocation.console.print(
      json ? try JSONText.encode(entries) : entries.map(\.text).joined(separator: "\n\n"))
  }
}

/// One metric, as it is listed.
private struct MetricEntry: Encodable {
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
    guard case .map(let named) = type.init().configuration, case .map(let found)? = named[name] else {
      parameters = [:]
      return
    }
    parameters = found
  }

  var text: String {
    let listed = parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let better = values.map { value in
      "\(values.count > 1 ? value.name + " " : "")\(word(value.direction))"
        + (value.unit.isEmpty ? "" : " (\(value.unit))")
    }
    return [
      "\(name): \(title), \(paper)",
      "  category: \(category.rawValue)\(average == .classes ? ", averaged over classes" : "")",
      "  better: \(better.joined(separator: ", "))",
      needs.isEmpty ? nil : "  needs: \(needs.map(\.rawValue).joined(separator: ", "))",
      listed.isEmpty ? nil : "  parameters: \(listed.joined(separator: ", "))",
    ].compactMap(\.self).joined(separator: "\n")
  }

  private func word(_ direction: MetricDirection) -> String {
    switch direction {
    case .higher: "higher"
    case .lower: "lower"
    case .none: "neither"
    }
  }
}
