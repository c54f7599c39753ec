internal import ArgumentParser
internal import SaliencyCore

/// `saliency methods`: what can be asked for by name.
struct MethodsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "methods",
    abstract: "Lists the saliency methods: name, family, parameters, needs, paper.",
    discussion: """
      A method is given by its name, with parameters in brackets where they differ from the defaults listed here:
        --methods "grad-cam,smooth-grad(samples=25, base=guided-backprop)"
      """)

  @Flag(help: "Prints JSON.")
  var json = false

  func run() throws {
    let invocation = Invocation.current
    let entries = invocation.methods.types.compactMap { MethodEntry($0) }
    invocation.console.print(
      json ? try JSONText.encode(entries) : entries.map(\.text).joined(separator: "\n\n"))
  }
}

/// One method, as it is listed.
private struct MethodEntry: Encodable {
  let name: String
  let title: String
  let family: MethodFamily
  let needs: String
  let paper: String
  let parameters: [String: ParameterTree]
  let reduction: ChannelReduction
  let signed: Bool

  init?(_ type: any Configurable.Type) {
    guard let type = type as? any SaliencyMethod.Type else { return nil }
    let descriptor = type.descriptor
    name = descriptor.identifier
    title = descriptor.title
    family = descriptor.family
    needs = descriptor.needs
    paper = descriptor.paper
    reduction = descriptor.reduction
    signed = descriptor.isSigned
    guard case .map(let named) = type.init().configuration, case .map(let found)? = named[name] else {
      parameters = [:]
      return
    }
    parameters = found
  }

  var text: String {
    let listed = parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    return [
      "\(name): \(title), \(paper)",
      "  family: \(family.rawValue)",
      needs.isEmpty ? nil : "  needs: \(needs)",
      listed.isEmpty ? nil : "  parameters: \(listed.joined(separator: ", "))",
    ].compactMap(\.self).joined(separator: "\n")
  }
}
