internal import ArgumentParser
internal import Foundation
internal import Imaging
internal import ModelLibrary
internal import Pipeline
internal import SaliencyCore
internal import Support

/// `saliency weights`: the official weights of the built-in architectures.
struct WeightsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "weights",
    abstract: "List and fetch the official weights of the architectures of keras.applications.",
    discussion: """
      Fetched weights are a model by the architecture's name: `saliency predict cat.png --model VGG16`. A file that was \
      fetched otherwise works under its official name, or with `--architecture VGG16`.
      """,
    subcommands: [ListWeights.self, FetchWeights.self])
}

private struct WeightEntry: Encodable {
  let name: String
  let file: String
  let address: String
  let checksum: String?
  let megabytes: Int
  let inputSize: String
  let preprocessing: String
  let fetched: String?

  init(_ architecture: BuiltInArchitecture, _ cache: WeightCache) {
    name = architecture.name
    file = architecture.file
    address = architecture.address
    checksum = architecture.checksum?.description
    megabytes = architecture.approximateBytes / 1_000_000
    inputSize = architecture.inputSize.description
    preprocessing = architecture.preprocessing.description
    fetched = cache.holds(architecture) ? cache.path(of: architecture) : nil
  }
}

/// `saliency weights list`.
struct ListWeights: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the built-in architectures and whether their weights are on this machine.")

  @Flag(help: "Print JSON, with addresses and checksums.")
  var json = false

  func run() throws {
    let console = Invocation.current.console
    let entries = BuiltInArchitectures.all.map { WeightEntry($0, .standard) }
    guard !json else { return console.print(try JSONText.encode(entries)) }
    var table = TextTable(
      .init("name"), .init("about MB", .right), .init("input"), .init("preprocessing"),
      .init("on this machine"))
    for entry in entries {
      table.add(entry.name, "\(entry.megabytes)", entry.inputSize, entry.preprocessing, entry.fetched ?? "")
    }
    console.print(table.text)
  }
}

/// `saliency weights fetch`.
struct FetchWeights: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Fetch an architecture's weights, verified by the checksum that Keras' sources give.",
    discussion: """
      An interrupted download is resumed; a second process waits for the first. Weights are kept in $SALIENCY_CACHE, or else in \
      $XDG_CACHE_HOME/saliency or ~/.cache/saliency.
      """)

  @Argument(help: ArgumentHelp("The architecture, such as VGG16.", valueName: "name"))
  var name: String

  @Option(
    help: ArgumentHelp(
      "Where to fetch from instead: an address to which the file's name is added.", valueName: "address"))
  var mirror: String?

  @Option(help: ArgumentHelp("Where to keep the file instead.", valueName: "folder"), completion: .directory)
  var directory: String?

  func run() async throws {
    let console = Invocation.current.console
    guard let architecture = BuiltInArchitectures.named(name) else {
      let known = BuiltInArchitectures.all.map(\.name)
      throw ValidationError(
        "no architecture is called \"\(name)\"\(suggestion(for: name, among: known)) "
          + "(`saliency weights list` names them)")
    }
    let cache = directory.map(WeightCache.init(folder:)) ?? .standard
    if cache.holds(architecture) {
      return console.print(cache.path(of: architecture))
    }
    let path = try await cache.fetch(
      architecture, mirror: mirror,
      waiting: { console.note("\(architecture.file): another process fetches it; waiting") }
    ) { received, total in
      let whole = total.map { " of \($0 / 1_000_000)" } ?? ""
      console.progress("\(architecture.file): \(received / 1_000_000)\(whole) MB")
    }
    console.progress("")
    console.print(path)
  }
}
