/// Reads the fields of one protobuf message, whatever its bytes are: nothing outside the message is read.
///
/// The wire format: protobuf.dev/programming-guides/encoding.
struct WireReader {
  /// A field as it is encoded.
  enum Value: Sendable {
    case number(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    case bytes(ByteRange)
  }

  private let bytes: ByteRange
  private var position: Int
  private let end: Int

  init(_ bytes: ByteRange) {
    self.bytes = bytes
    position = bytes.range.lowerBound
    end = bytes.range.upperBound
  }

  /// The next field; nil at the end of the message.
  ///
  /// - Throws: `WireError` if the bytes are no protobuf message.
  mutating func next() throws(WireError) -> (field: Int, value: Value)? {
    guard position < end else { return nil }
    let tag = try varint()
    let field = tag >> 3
    guard field > 0, field < 1 << 29 else { throw WireError(at: position, "found field number \(field)") }
    switch tag & 7 {
    case 0: return (Int(field), .number(try varint()))
    case 1: return (Int(field), .fixed64(try fixed(UInt64.self)))
    case 2: return (Int(field), .bytes(try lengthDelimited()))
    case 5: return (Int(field), .fixed32(try fixed(UInt32.self)))
    default: throw WireError(at: position, "found wire type \(tag & 7)")
    }
  }

  private mutating func varint() throws(WireError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while position < end, shift < 64 {
      let byte = bytes.file.start.load(fromByteOffset: position, as: UInt8.self)
      position += 1
      value |= UInt64(byte & 127) << shift
      if byte < 128 { return value }
      shift += 7
    }
    throw WireError(at: position, "found a number that does not end")
  }

  private mutating func fixed<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type
  ) throws(WireError) -> Number {
    let size = MemoryLayout<Number>.size
    guard end - position >= size else {
      throw WireError(at: position, "found the end of a message in a number")
    }
    let value = bytes.file.start.loadUnaligned(fromByteOffset: position, as: type)
    position += size
    return Number(littleEndian: value)
  }

  private mutating func lengthDelimited() throws(WireError) -> ByteRange {
    let length = try varint()
    guard length <= UInt64(end - position) else {
      throw WireError(at: position, "found a field of \(length) bytes where \(end - position) are left")
    }
    let start = position
    position += Int(length)
    return ByteRange(bytes.file, start..<position)
  }
}

/// Bytes that are no protobuf message.
struct WireError: Error, Equatable {
  /// The byte of the file at which it shows.
  let position: Int
  let reason: String

  init(at position: Int, _ reason: String) {
    self.position = position
    self.reason = reason
  }
}

extension WireReader.Value {
  /// A signed number; nil for another kind of field.
  var integer: Int? {
    if case .number(let value) = self { return Int(truncatingIfNeeded: value) }
    return nil
  }

  var float: Float? {
    if case .fixed32(let value) = self { return Float(bitPattern: value) }
    return nil
  }

  var bytes: ByteRange? {
    if case .bytes(let range) = self { return range }
    return nil
  }

  var text: String? { bytes?.text }

  /// Appends one number, or a packed list of them.
  func append(to numbers: inout [Int]) throws(WireError) {
    switch self {
    case .number(let value): numbers.append(Int(truncatingIfNeeded: value))
    case .fixed64(let value): numbers.append(Int(truncatingIfNeeded: value))
    case .fixed32(let value): numbers.append(Int(value))
    case .bytes(let range):
      var packed = PackedNumbers(range)
      while let value = try packed.next() { numbers.append(Int(truncatingIfNeeded: value)) }
    }
  }

  /// Appends one float, or a packed list of them.
  func append(to floats: inout [Float]) throws(WireError) {
    switch self {
    case .fixed32(let value): floats.append(Float(bitPattern: value))
    case .bytes(let range):
      guard range.count % 4 == 0 else {
        throw WireError(at: range.range.lowerBound, "found \(range.count) bytes of 32-bit floats")
      }
      range.withBytes { bytes in
        for i in 0..<(bytes.count / 4) {
          floats.append(bytes.loadUnaligned(fromByteOffset: i * 4, as: Float.self))
        }
      }
    default: break
    }
  }

  /// Appends one double, or a packed list of them.
  func append(to doubles: inout [Double]) throws(WireError) {
    switch self {
    case .fixed64(let value): doubles.append(Double(bitPattern: value))
    case .bytes(let range):
      guard range.count % 8 == 0 else {
        throw WireError(at: range.range.lowerBound, "found \(range.count) bytes of 64-bit floats")
      }
      range.withBytes { bytes in
        for i in 0..<(bytes.count / 8) {
          doubles.append(bytes.loadUnaligned(fromByteOffset: i * 8, as: Double.self))
        }
      }
    default: break
    }
  }
}

/// A packed list of variable-length numbers.
private struct PackedNumbers {
  private let range: ByteRange
  private var position: Int

  init(_ range: ByteRange) {
    self.range = range
    position = range.range.lowerBound
  }

  mutating func next() throws(WireError) -> UInt64? {
    guard position < range.range.upperBound else { return nil }
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while position < range.range.upperBound, shift < 64 {
      let byte = range.file.start.load(fromByteOffset: position, as: UInt8.self)
      position += 1
      value |= UInt64(byte & 127) << shift
      if byte < 128 { return value }
      shift += 7
    }
    throw WireError(at: position, "found a number that does not end")
  }
}
