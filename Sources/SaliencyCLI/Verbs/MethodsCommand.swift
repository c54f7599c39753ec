internal import ArgumentParser
internal import Configuration
internal import Methods
internal import Pipeline
internal import SaliencyCore

/// `saliency methods`: the methods that can be named.
struct MethodsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "methods",
    abstract: "List the saliency methods: name, family, parameters, needs, paper.",
    discussion: """
      A method is given by its name, with parameters in brackets where they differ from the defaults listed here:
        --methods "grad-cam,smooth-grad(samples=25, base=guided-backprop)"
      With --profile: what a toolkit does in another way than the papers, method by method.
      """)

  @Option(
    help: ArgumentHelp(
      "Print what a profile changes: \(ConventionProfile.all.map(\.name).joined(separator: ", ")).",
      valueName: "name"),
    transform: { name in
      do { return try ConventionProfile.named(name) } catch { throw ValidationError("--profile: \(error)") }
    })
  var profile: ConventionProfile?

  @OptionGroup var list: ListOptions

  func run() throws {
    let invocation = Invocation.current
    guard let profile else { return try list.print(invocation.methods.types.compactMap(MethodEntry.init)) }
    let summary = ProfileSummary(profile, methods: invocation.methods)
    invocation.console.print(list.json ? try JSONText.encode(summary) : summary.text)
  }
}

/// One method, as it is listed.
private struct MethodEntry: ListedEntry {
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
    parameters = type.defaults
  }

  var heading: String { "\(name): \(title), \(paper)" }
  var lines: [(name: String, text: String)] {
    [("family", family.rawValue), ("needs", needs), ("parameters", listed(parameters))]
  }
}
