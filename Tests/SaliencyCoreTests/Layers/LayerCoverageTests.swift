import Foundation
import SaliencyCore
import Testing

/// No layer goes without a gradient check: the types in the sources are compared with `LayerCase.all`.
@Suite struct LayerCoverageTests {
  @Test func everyLayerOfTheSourcesIsChecked() throws {
    let declared = try Self.declaredLayers()
    let checked = Set(LayerCase.all.map { String(describing: type(of: $0.layer)) })
    #expect(declared.count > 15, "the scan of the sources found only \(declared.sorted())")
    let missing = declared.subtracting(checked).sorted()
    #expect(missing.isEmpty, "add these layers to LayerCase.all: \(missing.joined(separator: ", "))")
    #expect(checked.subtracting(declared).isEmpty)
  }

  @Test func everyParameterIsChecked() {
    let with = Dictionary(grouping: LayerCase.all.filter { $0.layer is any ParametricLayer }) {
      String(describing: type(of: $0.layer))
    }
    for (type, cases) in with {
      let counts = Set(cases.compactMap { ($0.layer as? any ParametricLayer)?.parameters.count })
      #expect(counts.contains { $0 > 0 }, "\(type) is checked without any parameter")
    }
  }

  @Test func theScanSeesEveryWayToDeclareALayer() {
    let source = """
      public struct Blur: ParametricLayer {
      enum Curve: String, ElementwiseLayer, CaseIterable {
      extension Plain: Layer {
      public protocol SmoothLayer: Layer {}
      struct LayerNames: Sendable {
      extension Other where Self: Layer {
      """
    #expect(Self.layers(in: source) == ["Blur", "Curve", "Plain"])
  }

  /// The types in `Sources/SaliencyCore` that are declared to be a layer.
  private static func declaredLayers() throws -> Set<String> {
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { root.deleteLastPathComponent() }
    let sources = root.appendingPathComponent("Sources/SaliencyCore")
    let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
    var found = Set<String>()
    for case let file as URL in files where file.pathExtension == "swift" {
      found.formUnion(layers(in: try String(contentsOf: file, encoding: .utf8)))
    }
    return found
  }

  private static func layers(in source: String) -> Set<String> {
    Set(
      source.matches(of: #/(?:struct|enum|class|extension) (\w+)(?:<[^>]*>)?: ([^{]*)\{/#).compactMap {
        match in
        let conformances = match.2.split { !$0.isLetter }
        return conformances.contains { $0.hasSuffix("Layer") } ? String(match.1) : nil
      })
  }
}
