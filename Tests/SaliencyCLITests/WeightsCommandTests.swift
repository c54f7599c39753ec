import Foundation
import SaliencyCLI
import Testing

@Suite struct WeightsCommandTests {
  private let bench: Workbench

  init() throws { bench = try Workbench() }

  @Test func listNamesEveryArchitectureWithItsInputAndPreprocessing() async throws {
    let run = await CommandRun("weights", "list")
    #expect(run.exitCode == 0, "\(run.errors)")
    let lines = run.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    #expect(lines.count == 41)
    #expect(lines.contains { $0.hasPrefix("VGG16 553 224x224 caffe") })
    #expect(lines.contains { $0.hasPrefix("EfficientNetB4 ") && $0.contains("380x380 none") })
    let json = await CommandRun("weights", "list", "--json")
    let found = try #require(JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
    let vgg = try #require(found.first { $0["name"] as? String == "VGG16" })
    #expect((vgg["address"] as? String)?.hasSuffix("/vgg16_weights_tf_dim_ordering_tf_kernels.h5") == true)
    #expect(vgg["checksum"] as? String == "md5:64373286793e3c8b2b4e3219cbf3544b")
  }

  @Test func anUnknownNameGetsASuggestion() async {
    let run = await CommandRun("weights", "fetch", "VGG17")
    #expect(run.exitCode != 0)
    #expect(run.errors.contains("no architecture is called \"VGG17\"; did you mean \"VGG16\""))
  }

  @Test func withoutANetworkItSaysSoAndLeavesNothing() async throws {
    let run = await CommandRun(
      "weights", "fetch", "VGG16", "--mirror", "http://127.0.0.1:1", "--directory", bench["cache"])
    #expect(run.exitCode != 0)
    let file = "vgg16_weights_tf_dim_ordering_tf_kernels.h5"
    #expect(run.errors.contains("http://127.0.0.1:1/\(file): cannot be reached ("))
    #expect(run.errors.contains("with no network, fetch it elsewhere and give the file with --model"))
    #expect(try bench.contents(of: "cache").isEmpty)
  }
}
