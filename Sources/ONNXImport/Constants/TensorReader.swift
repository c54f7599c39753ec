internal import Glibc
internal import Support

/// Reads the constants of a file: from its own bytes, and from files of data beside it.
struct TensorReader {
  /// The folder of the model; data may lie in it or in a folder of it, nowhere else.
  let folder: String
  private var files: [String: FileBytes] = [:]

  init(folder: String) { self.folder = folder }

  /// The constant of a message, whose bytes are all there.
  ///
  /// - Throws: `OperatorError.tensor`.
  mutating func constant(_ message: TensorMessage) throws(OperatorError) -> Constant {
    func problem(_ reason: String) -> OperatorError { .tensor(message.name, reason) }
    guard let type = ElementType(rawValue: message.type), let width = type.size else {
      throw problem("found element type \(message.type), expected numbers")
    }
    guard message.sizes.count <= Constant.mostAxes else {
      throw problem("found \(message.sizes.count) axes, expected at most \(Constant.mostAxes)")
    }
    guard let count = checkedCount(message.sizes, limit: 1 << 40) else {
      throw problem("found the shape \(message.sizes)")
    }
    if let external = message.external {
      let bytes = try externalBytes(external, name: message.name)
      guard bytes.count >= count * width else {
        throw problem("found \(bytes.count) bytes of external data, expected \(count * width)")
      }
      let start = bytes.range.lowerBound
      return Constant(
        bytes: ByteRange(bytes.file, start..<(start + count * width)), sizes: message.sizes, type: type)
    }
    if let raw = message.raw, !(raw.count == 0 && !message.listed.isEmpty) {
      guard raw.count == count * width else {
        throw problem("found \(raw.count) bytes, expected \(count * width) for the shape \(message.sizes)")
      }
      return Constant(bytes: raw, sizes: message.sizes, type: type)
    }
    return try listed(message, type, count: count)
  }

  private func listed(
    _ message: TensorMessage, _ type: ElementType, count: Int
  ) throws(OperatorError) -> Constant {
    var (integers, floats, doubles) = ([Int](), [Float](), [Double]())
    do {
      for (field, value) in message.listed {
        switch (field, type) {
        case (4, .float): try value.append(to: &floats)
        case (10, .double): try value.append(to: &doubles)
        case (5, .int32), (5, .int16), (5, .int8), (5, .uint16), (5, .uint8), (5, .bool), (5, .float16),
          (5, .bfloat16), (7, .int64), (11, .uint32), (11, .uint64):
          try value.append(to: &integers)
        default: break
        }
      }
    } catch { throw .tensor(message.name, error.reason) }
    var numbers = doubles
    switch type {
    case .float: numbers = floats.map(Double.init)
    case .double: break
    case .float16: numbers = integers.map { Double(ElementType.half(UInt16(truncatingIfNeeded: $0))) }
    case .bfloat16:
      numbers = integers.map { Double(Float(bitPattern: UInt32(UInt16(truncatingIfNeeded: $0)) << 16)) }
    default: numbers = integers.map(Double.init)
    }
    guard numbers.count == count else {
      throw .tensor(
        message.name, "found \(numbers.count) numbers, expected \(count) for the shape \(message.sizes)")
    }
    return Constant(numbers, sizes: message.sizes, type: type)
  }

  // MARK: Data beside the model

  private mutating func externalBytes(
    _ entries: [String: String], name: String
  ) throws(OperatorError) -> ByteRange {
    guard let location = entries["location"], !location.isEmpty else {
      throw .tensor(name, "found external data without a location")
    }
    let isInside =
      !location.hasPrefix("/") && !location.utf8.contains(0)
      && !location.split(separator: "/", omittingEmptySubsequences: false).contains {
        $0 == ".." || $0.isEmpty
      }
    guard isInside else {
      throw .tensor(
        name, "found external data at \"\(location)\", expected a file in the folder of the model")
    }
    let file = try file(location, name: name)
    let offset = entries["offset"].map { Int($0) } ?? 0
    let length = entries["length"].map { Int($0) } ?? offset.map { max(file.count - $0, 0) }
    guard let offset, let length, offset >= 0, length >= 0, offset <= file.count,
      length <= file.count - offset
    else {
      throw .tensor(
        name,
        "found external data at \(entries["offset"] ?? "0"), \(entries["length"] ?? "") bytes long, in \"\(location)\" of "
          + "\(file.count) bytes")
    }
    return ByteRange(file, offset..<(offset + length))
  }

  private mutating func file(_ location: String, name: String) throws(OperatorError) -> FileBytes {
    if let known = files[location] { return known }
    let path = folder.isEmpty ? location : folder + "/" + location
    if let problem = RegularFile.problem(at: path) {
      throw .tensor(
        name,
        "its external data \(path): \(problem.sentence(wanted: "the file that was exported with the model"))")
    }
    guard isInFolder(path) else {
      throw .tensor(name, "found external data at \"\(location)\", a link out of the folder of the model")
    }
    guard let file = FileBytes(path: path) else {
      throw .tensor(name, "its external data \(path) is empty or cannot be read")
    }
    files[location] = file
    return file
  }

  /// Whether a path leads into the folder of the model once all links are followed.
  private func isInFolder(_ path: String) -> Bool {
    guard let base = realpath(folder.isEmpty ? "." : folder, nil) else { return false }
    defer { free(base) }
    guard let target = realpath(path, nil) else { return false }
    defer { free(target) }
    let (folder, file) = (String(cString: base), String(cString: target))
    return file.hasPrefix(folder == "/" ? "/" : folder + "/")
  }
}
