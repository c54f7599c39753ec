import SaliencyCore
import Testing

@testable import Bench

@Suite struct FingerprintTests {
  static func model(weight: Float = 1, padding: Padding = .same, name: String = "conv") throws -> Model {
    var graph = Graph()
    let input = try graph.addInput(named: "in", shape: [4, 4, 1])
    let kernel = Tensor(shape: [3, 3, 1, 2], scalars: (0..<18).map { Float($0) * weight })
    let conv = try graph.add(Conv2D(kernel: kernel, padding: padding), named: name, inputs: [input])
    let output = try graph.add(GlobalAveragePool2D(), named: "out", inputs: [conv])
    return Model(name: "m", graph: graph, input: input, output: output)
  }

  @Test func theSameNetworkHasTheSameFingerprint() throws {
    var other = try Self.model()
    other.name = "another name"
    other.labels = ["a", "b"]
    #expect(try other.fingerprint == Self.model().fingerprint)
  }

  @Test func anyDifferenceShows() throws {
    let all = try [
      Self.model(), Self.model(weight: 1.0000001), Self.model(padding: .valid), Self.model(name: "other"),
    ].map(\.fingerprint)
    #expect(Set(all).count == all.count)
  }

  /// No result depends on the width of vectors (`WholeNetworkTests`), so it is no part of a key.
  @Test func theCodeIsTheToolkitAndHowItRounds() {
    #expect(CodeVersion.current == "\(CodeVersion.toolkit) \(Execution.rounding)")
    #expect((Execution.instructionSet == "baseline") == (Execution.rounding == "separate"))
  }

  @Test func partsAreKeptApart() {
    let a = Digest {
      $0.add("ab")
      $0.add("c")
    }
    let b = Digest {
      $0.add("a")
      $0.add("bc")
    }
    #expect(a != b)
    #expect(Digest(of: "").hex == "af5570f5a1810b7af78caf4bc70a660f0df51e42baf91d4de5b2328de0e83dfc")
  }
}
