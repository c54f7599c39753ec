internal import CYAML

/// The events of libyaml for one text: the only code that calls it.
final class YAMLEvents {
  /// One step of the parser, and the line on which it begins, from 1.
  struct Event {
    enum Kind {
      case scalar(String, isQuoted: Bool, anchor: String?)
      case alias(String)
      case listStart(anchor: String?)
      case mapStart(anchor: String?)
      /// The end of a list or of a map.
      case end
      case documentStart
      case documentEnd
      case streamStart
      case streamEnd
    }

    let kind: Kind
    let line: Int
  }

  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let bytes: UnsafeMutableBufferPointer<UInt8>
  private let file: String

  /// - Throws: `YAMLError` if there is no memory for a parser.
  init(_ text: String, file: String) throws(YAMLError) {
    self.file = file
    parser = .allocate(capacity: 1)
    parser.initialize(to: yaml_parser_t())
    bytes = .allocate(capacity: max(text.utf8.count, 1))
    _ = bytes.initialize(from: text.utf8)
    guard yaml_parser_initialize(parser) == 1 else {
      throw YAMLError(file: file, line: nil, "there is no memory to read it")
    }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, bytes.baseAddress, text.utf8.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    bytes.deallocate()
  }

  /// The next event.
  ///
  /// - Throws: `YAMLError` with the line if the text is no YAML.
  func next() throws(YAMLError) -> Event {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw problem }
    defer { yaml_event_delete(&event) }
    return Event(kind: Self.kind(event), line: Int(event.start_mark.line) + 1)
  }

  private static func kind(_ event: yaml_event_t) -> Event.Kind {
    switch event.type {
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let text = String(
        decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
      let isQuoted = scalar.style != YAML_PLAIN_SCALAR_STYLE && scalar.style != YAML_ANY_SCALAR_STYLE
      return .scalar(text, isQuoted: isQuoted, anchor: string(scalar.anchor))
    case YAML_ALIAS_EVENT: return .alias(string(event.data.alias.anchor) ?? "")
    case YAML_SEQUENCE_START_EVENT: return .listStart(anchor: string(event.data.sequence_start.anchor))
    case YAML_MAPPING_START_EVENT: return .mapStart(anchor: string(event.data.mapping_start.anchor))
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return .end
    case YAML_DOCUMENT_START_EVENT: return .documentStart
    case YAML_DOCUMENT_END_EVENT: return .documentEnd
    case YAML_STREAM_START_EVENT: return .streamStart
    default: return .streamEnd
    }
  }

  private static func string(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    pointer.map { String(cString: $0) }
  }

  /// What libyaml says is wrong.
  private var problem: YAMLError {
    let state = parser.pointee
    let words = state.problem.map { String(cString: $0) } ?? "it cannot be read"
    guard state.error == YAML_READER_ERROR else {
      return YAMLError(file: file, line: Int(state.problem_mark.line) + 1, "this is no YAML: \(words)")
    }
    // The reader is ahead of the parser's mark and knows its place by bytes alone.
    let line = bytes.prefix(min(state.problem_offset, bytes.count)).count { $0 == UInt8(ascii: "\n") } + 1
    return YAMLError(file: file, line: line, "this is no YAML: \(words)")
  }
}
