internal import ArgumentParser

/// The architecture of a weights file that does not contain it.
struct ArchitectureOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The file that model.to_json() printed, or the name of a built-in architecture (`saliency weights list`), for a file that holds "
        + "weights alone.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var architecture: String?
}
