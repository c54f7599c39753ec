import Foundation
import Testing

@testable import Bench

/// Made-up stores are such as runs write, so that what is measured on them means something.
@Suite struct SyntheticShardsTests {
  @Test func theyMergeWithoutGapsAndGiveTables() throws {
    let folder = try TemporaryFolder()
    let text = """
      name: synthetic
      models: [m.h5]
      images: { bundled: scenes-test }
      methods: [gradient, smooth-grad]
      controls: random
      metrics: [sparseness, road]
      statistics: { resamples: 100, permutations: 100 }
      """
    let experiment = try Experiment(parsing: text, file: "e.yaml", catalogs: standardCatalogs)
    let synthetic = SyntheticShards(experiment, images: 7, shards: 3, points: 5)
    for index in 1...3 { try synthetic.write(index, to: folder.path) }
    let merge = try StoreMerge([ShardFolder(folder.path).path], output: folder.path, unitsAtOnce: 4)
    let summary = try #require(try merge.run())
    #expect(summary.missing == 0 && summary.units == 21 && summary.gaps == [])
    #expect(try ScaleMeasures.rows(ofStoreIn: folder.path) == 21 * 4)
    #expect(ScaleMeasures.bytes(ofStoreIn: folder.path) > 10_000)
    let results = try RunResults(RunFolder(folder.path).store(), catalogs: standardCatalogs)
    #expect(results.settings[0].values.joined().joined().allSatisfy { $0 >= 0 && $0 < 1.01 })
    #expect(results.settings[0].requests.count == 7)
  }
}
