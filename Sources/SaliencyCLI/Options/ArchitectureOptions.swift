internal import ArgumentParser

/// What network the weights of a file belong to, where the file does not say.
struct ArchitectureOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What model.to_json() printed, or the name of a built-in architecture (`saliency weights list`), for a file that holds "
        + "weights alone.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var architecture: String?
}
