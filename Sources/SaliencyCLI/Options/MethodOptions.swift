internal import ArgumentParser
internal import Configuration
internal import Methods
internal import Pipeline
internal import SaliencyCore

/// What is done where toolkits differ.
struct ProfileOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      What is done where toolkits differ: \(ConventionProfile.all.map(\.name).joined(separator: ", ")) (default: paper). \
      Parameters and options that are given win. `saliency methods --profile NAME` prints what a profile changes.
      """,
      valueName: "name"),
    transform: { name in
      do { return try ConventionProfile.named(name) } catch { throw ValidationError("--profile: \(error)") }
    })
  var profile: ConventionProfile = .paper
}

/// The methods of a command.
struct MethodOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Methods separated by commas, with parameters in brackets: "grad-cam,smooth-grad(samples=25)"; all for every one; may \
      be repeated (default: \(MethodCatalog.comparedByDefault.joined(separator: ",")), with others in place of those that do \
      not suit the model). See `saliency methods`.
      """,
      valueName: "list"))
  var methods: [String] = []

  @OptionGroup var convention: ProfileOptions

  /// Whether methods are named one by one.
  var areNamed: Bool { !methods.isEmpty && methods != ["all"] }

  /// The methods that are named, or those that suit a model.
  ///
  /// - Throws: `ValidationError` if there is no such method or parameter.
  func selection(from catalog: MethodCatalog) throws -> MethodSelection {
    let catalog = convention.profile.applied(to: catalog)
    return methods.isEmpty ? .usual(of: catalog) : .named(try Self.parse(methods, catalog))
  }

  /// The methods of a list, each once.
  static func parse(_ lists: [String], _ catalog: MethodCatalog) throws -> [any SaliencyMethod] {
    let text = lists == ["all"] ? catalog.identifiers.joined(separator: ",") : lists.joined(separator: ",")
    do {
      var seen = Set<String>()
      return try catalog.parseList(text).filter { seen.insert($0.label).inserted }
    } catch {
      throw ValidationError("--methods: \(error)")
    }
  }
}
