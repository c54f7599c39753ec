internal import Support

/// A name that is not in a catalog, or a parameter that is wrong.
public enum ConfigurationError: Error, Equatable, CustomStringConvertible {
  /// The catalog has no entry of this name.
  case unknownName(String, kind: String, known: [String])
  /// The entry has no parameter of this name.
  case unknownParameter(String, of: String, known: [String])
  /// The value of a parameter has the wrong type or is out of range; `reason` begins with the parameter's name.
  case badParameter(of: String, reason: String)
  /// The expression cannot be parsed.
  case syntax(String, reason: String)

  public var description: String {
    switch self {
    case .unknownName(let name, let kind, let known):
      return "no \(kind) is called \"\(name)\"" + suggestion(for: name, among: known)
        + " (known: \(known.joined(separator: ", ")))"
    case .unknownParameter(let key, let name, let known):
      return "\(name) has no parameter \"\(key)\"" + suggestion(for: key, among: known)
        + (known.isEmpty ? " (it has none)" : " (it has \(known.joined(separator: ", ")))")
    case .badParameter(let name, let reason): return "\(name): \(reason)"
    case .syntax(let text, let reason): return "cannot read \"\(text)\": \(reason)"
    }
  }
}
