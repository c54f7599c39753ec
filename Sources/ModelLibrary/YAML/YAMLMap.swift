/// The keys and values of one YAML mapping, in the order of the file.
public struct YAMLMap: Sendable {
  /// One key with its value.
  public struct Entry: Sendable {
    /// The key.
    public let key: String
    /// The line of the key, from 1.
    public let line: Int
    public let value: YAMLValue
  }

  /// The path of the file.
  public let file: String
  /// The line of the map's beginning.
  public let line: Int
  /// The entries, in the order of the file.
  public let entries: [Entry]

  /// The value of a key; nil if it is absent or null.
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
