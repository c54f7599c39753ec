import Foundation
import SaliencyCore
import TestSupport
import Testing

@testable import Metrics

/// The same model, images, maps, parameters and draws scored by Quantus, Captum and xplique (`Scripts/metric_peers.py`).
@Suite struct PeerTests {
  static let side = 24
  static let target = 2

  /// The numbers of the script: made from integers, so that both sides have the same bits.
  private static func pattern(_ count: Int, _ factor: Int, modulus: Int = 1024) -> [Float] {
    (0..<count).map { Float(($0 * $0 * factor + $0 * 7 + 3) % modulus) / Float(modulus) }
  }

  private static func centred(_ shape: Shape, _ factor: Int, _ scale: Float) -> Tensor {
    Tensor(shape: shape, scalars: pattern(shape.count, factor).map { ($0 - 0.5) * scale })
  }

  private static func model(_ channels: Int, softmax: Bool = true) throws -> Model {
    let convolution = Conv2D(
      kernel: centred([3, 3, channels, 6], 3, 1), bias: centred([6], 5, 0.5), padding: .same)
    let dense = Dense(kernel: centred([6, 4], 7, 8), bias: centred([4], 11, 0.5))
    return try TinyNetworks.chain(
      [side, side, channels],
      [
        ("conv", convolution), ("relu", ReLU()), ("gap", GlobalAveragePool2D()), ("dense", dense),
        ("softmax", Softmax()),
      ])
  }

  private static func request(_ n: Int, channels: Int, target: Int = target) throws -> AttributionRequest {
    try AttributionRequest(
      model(channels), inputs: centred([1, side, side, channels], 13 + 2 * n, 4), targets: [.index(target)])
  }

  private static func map(_ n: Int) -> [Float] { pattern(side * side, 17 + 2 * n, modulus: 1021) }

  private static func signed(_ n: Int, channels: Int) -> Tensor {
    let values = pattern(side * side * channels, 23 + 2 * n, modulus: 1021).map { $0 - 0.5 }
    return Tensor(shape: [1, side, side, channels], scalars: values)
  }

  private static func mask(_ n: Int) -> [Bool] {
    (0..<(side * side)).map { (3 + n..<11 + n).contains($0 / side) && (5..<14 + n).contains($0 % side) }
  }

  private static func subject(_ n: Int, channels: Int, attribution: Tensor? = nil) throws -> Subject {
    let object = Annotation(
      classIndex: target, label: "", mask: Mask(height: side, width: side, pixels: mask(n)))
    return try Subject(
      request: request(n, channels: channels), method: PlainGradient(),
      attribution: Attribution(attribution ?? Tensor(shape: [1, side, side, 1], scalars: map(n))),
      reduction: .sum, annotations: Annotations(height: side, width: side, objects: [object]), seed: 1)
  }

  private struct Peer: Decodable {
    let numbers: [String: Double]
    let lists: [String: [Double]]

    init(from decoder: any Decoder) throws {
      let entries = try [String: Entry](from: decoder)
      numbers = entries.compactMapValues { if case .number(let value) = $0 { value } else { nil } }
      lists = entries.compactMapValues { if case .list(let values) = $0 { values } else { nil } }
    }

    private enum Entry: Decodable {
      case number(Double), list([Double]), text

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Double.self) {
          self = .number(value)
        } else {
          self = (try? container.decode([Double].self)).map(Entry.list) ?? .text
        }
      }
    }
  }

  private func peer(_ name: String) throws -> Peer {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/peers-\(name)", withExtension: "json"))
    return try JSONDecoder().decode(Peer.self, from: Data(contentsOf: url))
  }

  private func expect(
    _ found: Double, _ name: String, of peer: Peer, tolerance: Double = 1e-3,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let wanted = try #require(peer.numbers[name], sourceLocation: sourceLocation)
    #expect(
      abs(found - wanted) <= tolerance * max(abs(wanted), 1), "\(name): \(found), peer \(wanted)",
      sourceLocation: sourceLocation)
  }

  @Test(arguments: 0..<3) func `Quantus, where it is right`(_ n: Int) throws {
    let peer = try peer("quantus")
    let subject = try Self.subject(n, channels: 1)
    let metrics: [any Metric] = [
      Sparseness(), Complexity(), RelevanceMass(), RelevanceRank(), PointingGame(tolerance: 0),
      FaithfulnessCorrelation(samples: 30, subset: 50), TopKIntersection(k: 60), LocalisationAUC(),
    ]
    for metric in metrics {
      try expect(metric.values(subject)[0], "\(type(of: metric).identifier) \(n)", of: peer)
    }
    let evidence = try Self.subject(n, channels: 1, attribution: Self.signed(n, channels: 1))
    try expect(EnergyPointingGame().values(evidence)[0], "energy-pointing-game \(n)", of: peer)
    let magnitudes = Self.signed(n, channels: 1).magnitude.scalars
    try expect(Correlation.spearman(Self.map(n), magnitudes) ?? .nan, "spearman \(n)", of: peer)
  }

  @Test(arguments: 0..<3) func `Quantus' stability of the gradient`(_ n: Int) throws {
    let peer = try peer("quantus")
    let subject = try Subject(applying: PlainGradient(), to: Self.request(n, channels: 1), seed: 1)
    try expect(LocalLipschitz().values(subject)[1], "local-lipschitz \(n)", of: peer, tolerance: 1e-4)
    try expect(RIS().values(subject)[0], "ris \(n)", of: peer)
    try expect(ROS().values(subject)[0], "ros \(n)", of: peer)
  }

  /// Quantus leaves out the unperturbed image; the curve is otherwise the same.
  @Test(arguments: 0..<3) func `Quantus' selectivity and histogram entropy`(_ n: Int) throws {
    let peer = try peer("quantus")
    let score = try Selectivity(cells: 4).evaluate(Self.subject(n, channels: 1))
    let wanted = try #require(peer.lists["selectivity \(n)"])
    let found = score.curves[0].y.compactMap(\.self).dropFirst()
    #expect(found.count == wanted.count && zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-4 })
    try expect(EfficientMPRT().entropy(of: Self.map(n)), "histogram-entropy \(n)", of: peer)
  }

  @Test(arguments: 0..<3, [20, 70]) func `Quantus' linear imputation`(_ n: Int, _ percent: Int) throws {
    let wanted = try #require(peer("quantus").lists["imputation \(percent) \(n)"])
    let image = try Self.request(n, channels: 3).inputs
    let pixels = descendingOrder(of: Self.map(n)).prefix(Self.side * Self.side * percent / 100)
    var removed = [Bool](repeating: false, count: Self.side * Self.side)
    for pixel in pixels { removed[pixel] = true }
    var filled = image.scalars
    let imputation = LinearImputation(shape: image.shape.sample, range: 4)
    filled.withUnsafeMutableBufferPointer { _ = imputation.fill($0, removed: removed) }
    let found = (0..<3).flatMap { c in pixels.prefix(20).map { Double(filled[$0 * 3 + c]) } }
    for (a, b) in zip(found, wanted) { #expect(abs(a - b) < 1e-3) }
    #expect(found.count == wanted.count)
  }

  /// Quantus leaves out the unperturbed image and does not divide by the steps: the same curve, another number.
  @Test(arguments: 0..<3) func `Quantus' pixel flipping is our curve without its first point, undivided`(
    _ n: Int
  ) throws {
    let score = try Deletion(step: Self.side * Self.side / 8).evaluate(Self.subject(n, channels: 1))
    let curve = try #require(score.curves.first).y.compactMap(\.self)
    let tail = Array(curve.dropFirst())
    let area = zip(tail, tail.dropFirst()).reduce(0) { $0 + ($1.0 + $1.1) / 2 }
    try expect(area, "pixel-flipping! \(n)", of: peer("quantus"))
    #expect(abs(area - (score.primary ?? .nan)) > 0.1)
  }

  @Test(arguments: 0..<3) func `Captum`(_ n: Int) throws {
    let peer = try peer("captum")
    let phi = Self.signed(n, channels: 3) * 0.01
    let infidelity = try Infidelity(samples: 25).values(Self.subject(n, channels: 3, attribution: phi))
    try expect(infidelity[0], "infidelity \(n)", of: peer)
    try expect(infidelity[1], "unscaled \(n)", of: peer)
    let request = try Self.request(n, channels: 3)
    let gradient = try Subject(applying: PlainGradient(), to: request, seed: 1)
    try expect(MaxSensitivity().values(gradient)[0], "max-sensitivity \(n)", of: peer)
  }

  @Test(arguments: 0..<3) func `xplique`(_ n: Int) throws {
    let peer = try peer("xplique")
    let subject = try Self.subject(n, channels: 3)
    // ceil(576 / 58) = 10 steps.
    try expect(Deletion(step: 58).values(subject)[0], "deletion \(n)", of: peer)
    try expect(Insertion(step: 58, fill: .zero).values(subject)[0], "insertion \(n)", of: peer)
    let drop = try AverageDrop().values(subject)
    try expect(drop[0] / 100, "drop \(n)", of: peer)
    try expect(drop[1] / 100, "increase \(n)", of: peer)
    try expect(drop[2] / 100, "gain \(n)", of: peer)
    let other = try Subject(
      applying: FixedMap(Self.map(n), height: Self.side), to: Self.request(n, channels: 3, target: 3))
    try expect(AverageDrop().values(other)[0] / 100, "drop of another class \(n)", of: peer)
    try expect(Sparseness().values(subject)[0], "sparseness \(n)", of: peer)
    try expect(Complexity().values(subject)[0], "complexity \(n)", of: peer)
  }
}
