package import Configuration
internal import Foundation
internal import SaliencyCore

/// Which code computed a result: the toolkit's version, and that of the method or metric.
package enum CodeVersion {
  /// The digest of the running program: another build, another digest.
  package static let program: String = {
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: "/proc/self/exe"), options: .alwaysMapped)
    else { return "unknown" }
    return String(Digest { $0.add(data) }.hex.prefix(16))
  }()

  /// The toolkit's version: part of every result's key.
  package static let toolkit = "\(Toolkit.version).\(Toolkit.results)"

  /// The version of a method's or metric's code, and of the methods it holds.
  ///
  /// That of a type that declares none is the toolkit's, or for types of other packages the digest of the program.
  package static func of(_ configured: any Configurable) -> String {
    let type = type(of: configured)
    let own =
      if !type.version.isEmpty { type.version } else if Toolkit.declares(type) { toolkit } else { program }
    return ([own] + inner(Mirror(reflecting: configured))).joined(separator: " ")
  }

  /// The versions of the methods in a value's properties, also in lists and optionals.
  private static func inner(_ mirror: Mirror) -> [String] {
    mirror.children.flatMap { child -> [String] in
      switch child.value {
      case let method as AnyMethod: [of(method.method)]
      case let configured as any Configurable: [of(configured)]
      default: inner(Mirror(reflecting: child.value))
      }
    }
  }

  /// The version behind a key: the toolkit's, with the instructions it uses, and that of one method or metric.
  static func joined(_ code: String, _ version: String?) -> String { version.map { "\(code) \($0)" } ?? code }
}
