/// The keys and values of one YAML mapping, in the order of the file.
public struct YAMLMap: Sendable {
  /// One key with its value.
  public struct Entry: Sendable {
    public let key: String
    /// The line of the key, from 1.
    public let line: Int
    public let value: YAMLValue
  }

  public let file: String
  public let line: Int
  public let entries: [Entry]

  /// The value of a key; nil where it is absent or null.
  public subscript(key: String) -> YAMLValue? {
    guard let value = entries.first(where: { $0.key == key })?.value else { return nil }
    if case .null = value.content { return nil }
    return value
  }

  /// The value of a key that must be there.
  ///
  /// - Throws: `YAMLError` naming the key.
  public func required(_ key: String) throws(YAMLError) -> YAMLValue {
    guard let value = self[key] else {
      throw YAMLError(file: file, line: line, "the key \"\(key)\" is missing; add \"\(key): ...\"")
    }
    return value
  }
}
