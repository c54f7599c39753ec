import Configuration
import Foundation
import Methods
import SaliencyCore
import TestSupport
import Testing

/// Rules, composites and their relatives against zennit, as `Tests/Golden/propagation_methods.py` wrote them.
@Suite struct GoldenPropagationTests {
  static let entries = GoldenEntry.read("propagation_methods")

  @Test func everyRuleAndEveryNetworkIsCompared() {
    #expect(Set(Self.entries.map(\.network)).count == 3)
    #expect(Self.entries.count >= 62)
  }

  @Test(arguments: entries)
  func agreesWithZennit(_ entry: GoldenEntry) throws {
    let method = try MethodCatalog.standard.parse(entry.method)
    let found = try method.attribution(for: GoldenNetworks.request(entry.network, range: (-2, 2))).values
    #expect(found.count == entry.values.count)
    let error = found.relativeError(to: Tensor(shape: found.shape, scalars: entry.values))
    #expect(error < 1e-4, "\(error)")
  }
}

/// The result of one method on one network, by a peer.
struct GoldenEntry: Decodable, Sendable, CustomStringConvertible {
  let network: String
  let method: String
  let values: [Float]

  var description: String { "\(network): \(method)" }

  static func read(_ name: String) -> [GoldenEntry] {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Golden/\(name).json").standardized.path
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    return (try? JSONDecoder().decode([GoldenEntry].self, from: data)) ?? []
  }
}
