import Configuration
import SaliencyCore
import TestSupport
import Testing

@testable import Methods

/// Gradient methods against Captum, PAIR saliency, scikit-image and the authors' formula, as
/// `Tests/Golden/gradient_methods.py` wrote them.
@Suite struct GoldenGradientTests {
  static let entries = GoldenEntry.read("gradient_methods")
  static let methods = entries.filter { !$0.network.isEmpty && $0.method != "draws" }

  @Test func everyMethodIsCompared() { #expect(Self.methods.count == 24) }

  @Test(arguments: methods)
  func agreesWithThePeer(_ entry: GoldenEntry) throws {
    let method = try MethodCatalog.standard.parse(entry.method)
    let found = try method.attribution(for: GoldenNetworks.request(entry.network)).values
    #expect(found.count == entry.values.count)
    let error = found.relativeError(to: Tensor(shape: found.shape, scalars: entry.values))
    #expect(error < 1e-4, "\(error)")
  }

  /// Captum's GradientSHAP with the same positions and baselines.
  @Test(arguments: entries.filter { $0.method == "draws" })
  func agreesWithCaptumForTheSameDraws(_ entry: GoldenEntry) throws {
    let request = try GoldenNetworks.request(entry.network)
    let positions: [Float] = [0.05, 0.3, 0.45, 0.8, 0.95, 0.6]
    let constants: [Float] = [-1, 0, 1, -1, 0, 1]
    let found = try PathSample.mean(count: 6, request, explainedAs: 0) { s in
      PathSample(
        input: request.inputs, reference: Tensor(repeating: constants[s], shape: request.inputs.shape),
        position: positions[s])
    }
    #expect(found.relativeError(to: Tensor(shape: found.shape, scalars: entry.values)) < 1e-4)
  }

  /// The rectangles of the script: top, bottom, left, right.
  private static let rectangles = [
    (0, 12, 0, 24), (12, 24, 0, 12), (12, 24, 12, 24), (3, 15, 5, 20), (6, 9, 2, 23), (0, 24, 8, 16),
    (10, 22, 9, 19), (1, 8, 1, 8), (15, 23, 14, 23), (0, 24, 0, 10),
  ]

  @Test(arguments: ["xrai", "xrai fast"])
  func regionsAgreeWithPAIR(_ name: String) throws {
    let entry = try #require(Self.entries.first { $0.method == name })
    let regions = Regions(
      pixels: Self.rectangles.map { top, bottom, left, right in
        (top..<bottom).flatMap { y in (left..<right).map { y * 24 + $0 } }
      })
    var numbers = GoldenNumbers(seed: 55)
    let values = numbers.draw([24, 24]).scalars.map { Double($0) }
    let map = regions.map(values, minPixels: 50, fast: name.hasSuffix("fast")).map { Float($0) }
    let expected = Tensor(shape: [576], scalars: entry.values)
    #expect(Tensor(shape: [576], scalars: map).relativeError(to: expected) < 1e-5)
  }

  /// Of all pairs of neighbouring pixels, how many are in one segment here and not there, or the reverse.
  @Test(arguments: [50, 250, 1200])
  func segmentsAgreeWithScikitImage(_ scale: Int) throws {
    let entry = try #require(Self.entries.first { $0.method == "felzenszwalb \(scale)" })
    let labels = Felzenszwalb(scale: Double(scale), minSize: 50)(GoldenPicture.image())
    let expected = entry.values.map { Int($0) }
    #expect(Set(labels).count == Set(expected).count)
    let pairs = labels.indices.filter { $0 % 64 != 63 }
    let different = pairs.count { (labels[$0] == labels[$0 + 1]) != (expected[$0] == expected[$0 + 1]) }
    #expect(Double(different) < 0.005 * Double(pairs.count), "\(different) of \(pairs.count)")
  }
}
