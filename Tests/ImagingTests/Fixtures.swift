import Foundation
import Imaging

/// The pictures in `Fixtures`, and the pixels that `make_fixtures.py` says they hold.
enum Fixtures {
  struct Expected: Decodable, Sendable {
    let width: Int
    let height: Int
    let rgb: String
    let overWhite: String?
  }

  static func url(_ name: String) throws -> URL {
    guard let folder = Bundle.module.resourceURL else { throw CocoaError(.fileNoSuchFile) }
    return folder.appendingPathComponent("Fixtures").appendingPathComponent(name)
  }

  static func path(_ name: String) throws -> String { try url(name).path }

  static func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: url(name))) }

  static func decoded<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
    try JSONDecoder().decode(type, from: Data(contentsOf: url(name)))
  }

  static func expected() throws -> [String: Expected] { try decoded("expected.json") }

  static func bytes(hex: String) -> [UInt8] {
    let digits = Array(hex.utf8)
    func value(_ digit: UInt8) -> UInt8 { digit < 58 ? digit - 48 : digit - 87 }
    return stride(from: 0, to: digits.count, by: 2).map { value(digits[$0]) << 4 | value(digits[$0 + 1]) }
  }

  /// A new folder for one test, removed by the caller.
  static func temporaryFolder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }
}
