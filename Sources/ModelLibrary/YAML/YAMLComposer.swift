/// Builds one value from a YAML text, within limits, because a file of a kilobyte can otherwise stand for gigabytes.
///
/// An alias is replaced by what its anchor names, and counts as often as it is used.
struct YAMLComposer {
  /// The longest text, in bytes.
  static let largestText = 4 << 20
  /// How many lists and maps may be inside each other.
  static let deepest = 64
  /// How many values a text may hold, with every alias replaced; 64 bytes of a text count as one more.
  static let mostValues = 200_000

  /// A value, with how many values it holds and how deep they are.
  private struct Part {
    let value: YAMLValue
    var count = 1
    var depth = 1
  }

  private let events: YAMLEvents
  private let file: String
  private var anchors: [String: Part] = [:]
  private var count = 0

  /// - Throws: `YAMLError` if the text is too long.
  init(_ text: String, file: String) throws(YAMLError) {
    guard text.utf8.count <= Self.largestText else {
      throw YAMLError(file: file, line: nil, "found more than \(Self.largestText >> 20) MB of YAML")
    }
    self.file = file
    events = try YAMLEvents(text, file: file)
  }

  /// The value of the only document; null if there is none.
  ///
  /// - Throws: `YAMLError` with the line.
  mutating func root() throws(YAMLError) -> YAMLValue {
    var event = try events.next()
    if case .streamStart = event.kind { event = try events.next() }
    guard case .documentStart = event.kind else { return YAMLValue(file: file, line: 1, content: .null) }
    let root = try part(from: try events.next(), depth: 1)
    _ = try events.next()
    let end = try events.next()
    guard case .streamEnd = end.kind else {
      throw YAMLError(file: file, line: end.line, "found a second document, expected one")
    }
    return root.value
  }

  private mutating func part(from event: YAMLEvents.Event, depth: Int) throws(YAMLError) -> Part {
    guard depth <= Self.deepest else { throw tooDeep(event.line) }
    switch event.kind {
    case .scalar(let text, let isQuoted, let anchor):
      let isNull = !isQuoted && ["", "~", "null", "Null", "NULL"].contains(text)
      let content = isNull ? YAMLValue.Content.null : .scalar(text, isQuoted: isQuoted)
      let part = Part(value: value(event.line, content), count: 1 + text.utf8.count / 64)
      try add(part.count, event.line)
      return keep(part, anchor)
    case .listStart(let anchor):
      try add(1, event.line)
      return keep(try list(event.line, depth), anchor)
    case .mapStart(let anchor):
      try add(1, event.line)
      return keep(try map(event.line, depth), anchor)
    case .alias(let name):
      guard let part = anchors[name] else {
        throw YAMLError(file: file, line: event.line, "found the alias *\(name), expected &\(name) before it")
      }
      try add(part.count, event.line)
      guard depth + part.depth - 1 <= Self.deepest else { throw tooDeep(event.line) }
      return part
    default: throw YAMLError(file: file, line: event.line, "this is no YAML: it ends too early")
    }
  }

  private mutating func list(_ line: Int, _ depth: Int) throws(YAMLError) -> Part {
    var items: [YAMLValue] = []
    var whole = Part(value: value(line, .null))
    while true {
      let event = try events.next()
      if case .end = event.kind { break }
      let item = try part(from: event, depth: depth + 1)
      items.append(item.value)
      whole.count += item.count
      whole.depth = max(whole.depth, item.depth + 1)
    }
    return Part(value: value(line, .list(items)), count: whole.count, depth: whole.depth)
  }

  private mutating func map(_ line: Int, _ depth: Int) throws(YAMLError) -> Part {
    var entries: [YAMLMap.Entry] = []
    var lines: [String: Int] = [:]
    var whole = Part(value: value(line, .null))
    while true {
      let event = try events.next()
      if case .end = event.kind { break }
      let name = try key(from: event)
      if let first = lines.updateValue(event.line, forKey: name) {
        throw YAMLError(file: file, line: first, "the key \"\(name)\" is given twice in this map")
      }
      let item = try part(from: try events.next(), depth: depth + 1)
      entries.append(YAMLMap.Entry(key: name, line: event.line, value: item.value))
      whole.count += item.count + 1
      whole.depth = max(whole.depth, item.depth + 1)
    }
    let map = YAMLMap(file: file, line: line, entries: entries)
    return Part(value: value(line, .map(map)), count: whole.count, depth: whole.depth)
  }

  /// A key: a text, or an alias of one.
  private mutating func key(from event: YAMLEvents.Event) throws(YAMLError) -> String {
    switch event.kind {
    case .scalar(let text, _, _):
      _ = try part(from: event, depth: 1)
      return text
    case .alias(let name):
      if case .scalar(let text, _)? = anchors[name]?.value.content { return text }
    default: break
    }
    throw YAMLError(file: file, line: event.line, "a key that is no text")
  }

  private mutating func keep(_ part: Part, _ anchor: String?) -> Part {
    if let anchor { anchors[anchor] = part }
    return part
  }

  /// Counts values before they are made.
  private mutating func add(_ values: Int, _ line: Int) throws(YAMLError) {
    count += values
    guard count <= Self.mostValues else {
      throw YAMLError(
        file: file, line: line,
        "found more than \(Self.mostValues) values, each alias counted as what it stands for; write a smaller file"
      )
    }
  }

  private func value(_ line: Int, _ content: YAMLValue.Content) -> YAMLValue {
    YAMLValue(file: file, line: line, content: content)
  }

  private func tooDeep(_ line: Int) -> YAMLError {
    YAMLError(file: file, line: line, "found more than \(Self.deepest) lists and maps inside each other")
  }
}
