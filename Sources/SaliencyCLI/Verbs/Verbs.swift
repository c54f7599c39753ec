internal import ArgumentParser

/// Every command, in the order and under the headings of `saliency help`.
///
/// A new command is one line here.
enum Verbs {
  static let groups: [CommandGroup] = [
    CommandGroup(
      name: "Images",
      subcommands: [CompareCommand.self, ExplainCommand.self, PredictCommand.self, ConventionsCommand.self]),
    CommandGroup(
      name: "Models and methods",
      subcommands: [
        InspectCommand.self, MethodsCommand.self, WeightsCommand.self, VerifyCommand.self, TimeCommand.self,
      ]),
    CommandGroup(
      name: "Experiments",
      subcommands: [
        BenchCommand.self, TablesCommand.self, ReportCommand.self, MetricsCommand.self, ReproduceCommand.self,
      ]),
    CommandGroup(name: "Clusters", subcommands: [ClusterCommand.self]),
  ]

  /// The commands' names.
  static let names = groups.flatMap(\.subcommands).map { $0._commandName } + ["help"]

  /// The words of the command in its arguments: `cluster`, `submit`.
  static func path(of arguments: [String]) -> [String] {
    guard let first = arguments.first,
      let command = groups.flatMap(\.subcommands).first(where: { $0._commandName == first })
    else { return [] }
    let inner = command.configuration.subcommands.map { $0._commandName }
    return [first] + arguments.dropFirst().prefix(1).filter(inner.contains)
  }
}

/// The root of the command line.
struct SaliencyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "saliency",
    abstract: "Compute and compare saliency maps for image classifiers.",
    discussion: """
      A figure of six methods for one image:
        saliency compare cat.png --model model.h5 --preprocessing tf --labels labels.txt

      A model is a Keras file (.h5, .keras) or the name of a bundled one. The exit code is 0; or 1 if a \
      file, a model, or a class is wrong; or 64 if the command itself is wrong.
      """,
    version: SaliencyTool.version,
    groupedSubcommands: Verbs.groups)
}
