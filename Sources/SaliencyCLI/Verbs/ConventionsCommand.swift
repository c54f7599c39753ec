internal import ArgumentParser
internal import Configuration
internal import Figures
internal import Imaging
internal import Methods
internal import Pipeline

/// `saliency conventions`: the same method as several toolkits compute it.
struct ConventionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conventions",
    abstract: "Compare methods as several toolkits compute them: one figure, one table.",
    discussion: """
      Example: saliency conventions cat_dog.png --model model.h5 --methods grad-cam,smooth-grad --target boxer
      The figure has a row for each method and a column for each toolkit that has it. The table says how far each map is from \
      the paper's: rank correlation, structural similarity (SSIM) of the maps from 0 to 1, and the distance of the maxima in \
      pixels of the input. `saliency methods --profile NAME` prints what a toolkit does differently.
      """)

  @OptionGroup(title: "Images") var images: ImageOptions
  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Target") var target: TargetOptions

  @Option(
    help: ArgumentHelp(
      "Methods separated by commas, with parameters in brackets; may be repeated (default: "
        + "\(ConventionsCommand.usual)).", valueName: "list"))
  var methods: [String] = []

  @Option(
    help: ArgumentHelp(
      "Toolkits separated by commas; may be repeated (default: \(ConventionProfile.all.map(\.name).joined(separator: ", "))).",
      valueName: "list"))
  var profiles: [String] = []

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp(
      "The figure's file, as for `saliency compare` (default: conventions). May be repeated.",
      valueName: "file"),
    completion: .file(extensions: ["png", "pdf", "svg"]))
  var output: [String] = []

  @OptionGroup(title: "Running") var running: RunOptions

  @Flag(help: "Print the table as JSON.")
  var json = false

  private static let usual = "gradient,smooth-grad,integrated-gradients,grad-cam,guided-grad-cam"

  func run() throws {
    let console = running.console()
    let paths = try FigurePaths(output.isEmpty ? ["conventions"] : output)
    let list = try images.list()
    try InputFiles(images: list.files, model: model.request).refuse(outputs: paths.all, of: "--output")
    list.remarks.forEach(console.remark)
    let chosen = try named()
    var pipeline = SaliencyPipeline(model: model.request)
    pipeline.targets = target.selection
    (pipeline.layer, pipeline.score) = (target.layer, target.score)
    pipeline.decoding = images.decoding.options
    let names = methods.isEmpty ? Self.usual : methods.joined(separator: ",")
    var found: [ConventionComparison] = []
    try console.watch { handlers in
      for file in list.files {
        do {
          found += try pipeline.conventions(
            of: file, methods: names, from: Invocation.current.methods, profiles: chosen, handlers: handlers)
        } catch let error as ConfigurationError { throw ValidationError("--methods: \(error)") }
      }
    }
    let rows = found.flatMap(\.rows)
    try paths.write(
      ConventionComparison.panel(found, profiles: chosen), by: FigureRenderer(compression: .fast))
    if json {
      console.print(try JSONText.encode(rows))
    } else {
      console.print("\(rows.summary)\n\n\(paths.all.map { "wrote \($0)" }.joined(separator: "\n"))")
    }
    if let first = rows.first(where: { $0.error != nil }), rows.allSatisfy({ $0.error != nil }) {
      throw MapError(description: first.error ?? "")
    }
  }

  private func named() throws -> [ConventionProfile] {
    let names = profiles.flatMap { $0.split(separator: ",").map { $0.trimmingPrefix(" ") } }.map(String.init)
    guard !names.isEmpty else { return ConventionProfile.all }
    do { return try names.map(ConventionProfile.named) } catch {
      throw ValidationError("--profiles: \(error)")
    }
  }
}
