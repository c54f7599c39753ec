/// The element type of a tensor, by its number in onnx.proto.
enum ElementType: Int, Sendable {
  case float = 1
  case uint8, int8, uint16, int16, int32, int64
  case string, bool, float16, double, uint32, uint64
  case bfloat16 = 16

  /// Bytes of one element; nil for text.
  var size: Int? {
    switch self {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16, .float16, .bfloat16: 2
    case .float, .int32, .uint32: 4
    case .int64, .double, .uint64: 8
    case .string: nil
    }
  }

  /// Whether values are fractions.
  var isFloating: Bool { [.float, .float16, .double, .bfloat16].contains(self) }

  /// One element at a place in memory.
  func load(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Double {
    func at<Number: BitwiseCopyable>(_ type: Number.Type) -> Number {
      bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Number>.size, as: type)
    }
    switch self {
    case .float: return Double(at(Float.self))
    case .uint8, .bool: return Double(at(UInt8.self))
    case .int8: return Double(at(Int8.self))
    case .uint16: return Double(at(UInt16.self))
    case .int16: return Double(at(Int16.self))
    case .int32: return Double(at(Int32.self))
    case .int64: return Double(at(Int64.self))
    case .float16: return Double(Self.half(at(UInt16.self)))
    case .double: return at(Double.self)
    case .uint32: return Double(at(UInt32.self))
    case .uint64: return Double(at(UInt64.self))
    case .bfloat16: return Double(Float(bitPattern: UInt32(at(UInt16.self)) << 16))
    case .string: return 0
    }
  }

  /// A number of IEEE 754 half precision, from its bits.
  static func half(_ bits: UInt16) -> Float {
    let (exponent, fraction) = (Int(bits >> 10 & 31), Float(bits & 1023))
    let magnitude: Float =
      switch exponent {
      case 0: fraction * 0x1p-24
      case 31: fraction == 0 ? .infinity : .nan
      default: (1024 + fraction) * Float(sign: .plus, exponent: exponent - 25, significand: 1)
      }
    return bits >> 15 == 1 ? -magnitude : magnitude
  }

  /// What a number becomes as an element of this type.
  func rounded(_ value: Double) -> Double {
    switch self {
    case .float: return Double(Float(value))
    case .bool: return value == 0 ? 0 : 1
    case .double, .string, .float16, .bfloat16:
      return isFloating && self != .double ? Double(Float(value)) : value
    default: return value.isNaN ? 0 : value.rounded(.towardZero)
    }
  }
}
