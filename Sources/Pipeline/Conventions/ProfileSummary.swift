public import Configuration
public import Methods
public import SaliencyCore

/// What a profile changes, method by method.
public struct ProfileSummary: Sendable, Encodable {
  /// What a toolkit does in one method.
  public struct Entry: Sendable, Encodable {
    /// The method's identifier.
    public let method: String
    /// Whether the toolkit has the method.
    public let present: Bool
    /// What differs from the paper: `relu=false`, `map resized: nearest`.
    public let differences: [String]
  }

  /// The profile's name.
  public let profile: String
  /// The toolkit, with its version.
  public let toolkit: String
  /// One entry for each method of the catalog.
  public let methods: [Entry]

  /// - Parameters:
  ///   - profile: The profile.
  ///   - catalog: The methods to list.
  public init(_ profile: ConventionProfile, methods catalog: MethodCatalog) {
    self.profile = profile.name
    toolkit = profile.toolkit
    methods = catalog.identifiers.map {
      Entry(
        method: $0, present: profile.has($0), differences: profile.choices[$0]?.differences ?? [])
    }
  }

  /// The summary as a table.
  public var text: String {
    var table = TextTable(.init("method"), .init("differs from the paper in"))
    for entry in methods where entry.present {
      table.add(
        entry.method, entry.differences.isEmpty ? "nothing" : entry.differences.joined(separator: "; "))
    }
    let absent = methods.filter { !$0.present }.map(\.method)
    let rest =
      absent.isEmpty
      ? "" : "\n\nno difference is recorded, so as in the papers: \(absent.joined(separator: ", "))"
    return "\(profile): \(toolkit)\n\n\(table.text)\(rest)"
  }
}
