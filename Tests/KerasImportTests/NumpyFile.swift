import Foundation
import KerasImport
import SaliencyCore

/// An array of a NumPy `.npz` file, as float32.
func numpyArray(_ name: String, in path: String) throws -> Tensor? {
  let archive = try ZipArchive(path: path)
  guard let bytes = try archive.bytes(of: name + ".npy", limit: 1 << 28) else { return nil }
  return try npy(bytes)
}

struct NumpyError: Error { var reason: String }

private func npy(_ bytes: [UInt8]) throws -> Tensor {
  guard bytes.count > 10, bytes[1] == UInt8(ascii: "N") else { throw NumpyError(reason: "no npy") }
  let isVersion1 = bytes[6] == 1
  let length =
    isVersion1
    ? Int(bytes[8]) | Int(bytes[9]) << 8 : Int(bytes[8]) | Int(bytes[9]) << 8 | Int(bytes[10]) << 16
  let start = (isVersion1 ? 10 : 12) + length
  let header = String(decoding: bytes[(isVersion1 ? 10 : 12)..<start], as: UTF8.self)
  guard header.contains("'fortran_order': False"), let open = header.firstIndex(of: "("),
    let close = header.firstIndex(of: ")")
  else { throw NumpyError(reason: header) }
  let shape = header[header.index(after: open)..<close].split(separator: ",")
    .compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
  let data = Array(bytes[start...])
  let count = shape.reduce(1, *)
  let scalars: [Float]
  if header.contains("<f4") {
    scalars = data.withUnsafeBytes { raw in
      (0..<count).map { raw.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
    }
  } else if header.contains("<f8") {
    scalars = data.withUnsafeBytes { raw in
      (0..<count).map { Float(raw.loadUnaligned(fromByteOffset: $0 * 8, as: Double.self)) }
    }
  } else {
    throw NumpyError(reason: header)
  }
  return Tensor(shape: Shape(shape), scalars: scalars)
}

/// |a - b| / |b|.
func relativeError(_ a: Tensor, _ b: Tensor) -> Double {
  guard a.count == b.count else { return .infinity }
  var (difference, norm) = (0.0, 0.0)
  for (x, y) in zip(a.scalars, b.scalars) {
    difference += Double(x - y) * Double(x - y)
    norm += Double(y) * Double(y)
  }
  return (difference / max(norm, 1e-300)).squareRoot()
}
