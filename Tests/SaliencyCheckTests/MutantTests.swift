import Foundation
import Imaging
import Testing

@testable import saliency_check

/// The parts that mutants are made of.
@Suite struct MutantTests {
  @Test(arguments: [1, 2, 7, 100, 4096, 10_007])
  func everyPlaceIsVisitedOnce(_ count: Int) {
    for seed in [1, 2, 3] as [UInt64] {
      let places = (0..<count).map { MutantRandom.place(of: $0, among: count, seed: seed) }
      #expect(Set(places) == Set(0..<count))
      #expect(MutantRandom.place(of: count + 3, among: count, seed: seed) == places[3 % count])
    }
  }

  @Test func choicesFollowSeedCategoryAndNumber() {
    func draw(_ seed: UInt64, _ category: String, _ number: Int) -> [Int] {
      var random = MutantRandom(seed: seed, category: category, number: number)
      return (0..<8).map { _ in random.integer(below: 1 << 20) }
    }
    #expect(draw(1, "png", 5) == draw(1, "png", 5))
    #expect(draw(1, "png", 5) != draw(2, "png", 5) && draw(1, "png", 5) != draw(1, "jpeg", 5))
    #expect(draw(1, "png", 5) != draw(1, "png", 6))
  }

  @Test func valuesOfJSONAreFound() throws {
    let text = Array(#" {"a": [1, {"b\"": "x, ]"}], "c": null, "d": {}} "#.utf8)
    let values = try #require(JSONValues(text))
    let found = values.values.map { ($0.path, String(decoding: text[$0.range], as: UTF8.self)) }
    #expect(
      found.map(\.0) == ["", "a", "a", "a[0]", "a[1]", #"a[1].b\""#, #"a[1].b\""#, "c", "c", "d", "d"])
    #expect(found[4].1 == #"{"b\"": "x, ]"}"# && found[6].1 == #""x, ]""# && found[8].1 == "null")
    let replaced = String(decoding: values.replacing(values.values[8], with: "-1"), as: UTF8.self)
    #expect(replaced == #" {"a": [1, {"b\"": "x, ]"}], "c": -1, "d": {}} "#)
    #expect(
      String(decoding: JSONValues.compacted(text), as: UTF8.self)
        == #"{"a":[1,{"b\"":"x, ]"}],"c":null,"d":{}}"#)
    for broken in ["", "{", "[1,]", "{\"a\"}", "{\"a\": }", "\"x", "x"] {
      #expect(JSONValues(Array(broken.utf8)) == nil, "\(broken)")
    }
  }

  @Test(arguments: [(1, 1, 1, 0, 1), (96, 40, 8, 2, 3), (5000, 3, 16, 6, 4), (1, 70_000, 8, 0, 1)])
  func blackPNGsAreWhole(_ width: Int, _ height: Int, _ bits: Int, _ color: Int, _ channels: Int) throws {
    let png = BlackPNG(width: width, height: height, bits: bits, colorType: color, channels: channels)
    let image = try Image(decoding: png.bytes, named: "black.png", options: .keras)
    #expect(image.width == width && image.height == height && image.pixels.allSatisfy { $0 == 0 })
  }

  @Test func partsOfArchivesKeepTheirLength() {
    let bytes = (0..<4000).map { UInt8(truncatingIfNeeded: $0) }
    for number in 0..<200 {
      var random = MutantRandom(seed: 1, category: "test", number: number)
      #expect(ByteDamage(keepsLength: true).apply(to: bytes, &random).count == bytes.count)
    }
  }
}
