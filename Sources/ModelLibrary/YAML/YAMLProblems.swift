internal import SaliencyCore
internal import Support

/// Everything that is wrong with a YAML file, collected so that it is reported at once.
///
///     var problems = YAMLProblems()
///     let map = try problems.map(value, keys: ["name", "size"])
///     let name = problems.read(try map.required("name").text())
///     let size = problems.read(try map["size"]?.integer()) ?? nil
///     try problems.check()
public struct YAMLProblems {
  private var found: [YAMLError] = []

  public init() {}

  /// What `body` reads; nil, with the error noted, if it throws.
  public mutating func read<Value>(_ body: @autoclosure () throws(YAMLError) -> Value) -> Value? {
    do {
      return try body()
    } catch {
      found.append(error)
      return nil
    }
  }

  /// What `body` reads from a key that may be absent; nil too, with the error noted, if it throws.
  public mutating func readIfPresent<Value>(_ body: @autoclosure () throws(YAMLError) -> Value?) -> Value? {
    do {
      return try body()
    } catch {
      found.append(error)
      return nil
    }
  }

  /// Adds an error.
  public mutating func note(_ error: YAMLError) { found.append(error) }

  /// The value as a map; every key that is not known is noted with the nearest.
  ///
  /// The value of a misspelt key is read as that of the nearest key, if that is absent: so it is not reported missing too, and
  /// what is wrong with the value is found as well.
  /// - Parameters:
  ///   - keys: The known keys.
  ///   - unlisted: Keys that are known and not suggested.
  /// - Throws: `YAMLError` if the value is no map.
  public mutating func map(
    _ value: YAMLValue, keys: [String], unlisted: Set<String> = []
  ) throws(YAMLError) -> YAMLMap {
    let map = try value.map()
    var taken = Set(map.entries.map(\.key))
    var entries: [YAMLMap.Entry] = []
    for entry in map.entries {
      if keys.contains(entry.key) || unlisted.contains(entry.key) {
        entries.append(entry)
        continue
      }
      found.append(
        YAMLError(
          file: map.file, line: entry.line,
          "unknown key \"\(entry.key)\"\(suggestion(for: entry.key, among: keys)) "
            + "(known: \(keys.joined(separator: ", ")))"))
      guard let near = nearest(to: entry.key, in: keys).first, taken.insert(near).inserted else { continue }
      entries.append(YAMLMap.Entry(key: near, line: entry.line, value: entry.value))
    }
    return YAMLMap(file: map.file, line: map.line, entries: entries)
  }

  /// - Throws: All that was noted, as one error.
  public func check() throws(YAMLError) {
    if let error = YAMLError(all: found) { throw error }
  }
}
