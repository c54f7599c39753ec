import SaliencyCore
import Testing

@testable import Bench

/// What a division of the work must have, whatever the work.
@Suite struct WorkLineTests {
  /// Requests with as many units as methods, of lengths that differ by factors of hundreds.
  static func line(seed: UInt64, requests: Int, methods: Int) -> WorkLine {
    let random = CounterRandom(seed: seed)
    return WorkLine(
      (0..<requests).map { i in
        let kind = random.integer(below: 3, at: i)
        let lengths = (0..<methods).map {
          1 + random.integer(below: [2, 50, 900][kind], at: 1000 + kind * 100 + $0)
        }
        return (place: RequestPlace(model: 0, image: i, target: "top"), lengths: lengths)
      })
  }

  struct Unit: Hashable {
    let place: RequestPlace
    let method: Int
  }

  static func units(_ line: WorkLine, _ index: Int, _ count: Int) throws -> [Unit] {
    try line.shares(of: Shard(index, of: count)).flatMap { share in
      share.methods.map { Unit(place: share.place, method: $0) }
    }
  }

  @Test(arguments: [1, 2, 3, 7, 16, 61, 500])
  func everyUnitIsInExactlyOneShard(_ count: Int) throws {
    for seed in 0..<4 as Range<UInt64> {
      let line = Self.line(seed: seed, requests: 23, methods: 5)
      let all = try (1...count).flatMap { try Self.units(line, $0, count) }
      #expect(all.count == 115 && Set(all).count == 115 && line.unitCount == 115)
    }
  }

  @Test(arguments: [2, 3, 8, 50])
  func shardsDifferByLessThanTheLongestUnit(_ count: Int) {
    for seed in 0..<6 as Range<UInt64> {
      let line = Self.line(seed: seed, requests: 40, methods: 6)
      let mean = Double(line.total) / Double(count)
      let loads = line.loads(of: count)
      #expect(loads.map(\.length).reduce(0, +) == line.total && loads.map(\.units).reduce(0, +) == 240)
      for load in loads { #expect(abs(Double(load.length) - mean) <= Double(line.longest)) }
    }
  }

  @Test func aShardIsTheUnionOfThoseOfAFinerDivision() throws {
    let line = Self.line(seed: 9, requests: 31, methods: 4)
    for (count, factor) in [(1, 6), (2, 3), (3, 2), (5, 4)] {
      for index in 1...count {
        let fine = try ((index - 1) * factor + 1...index * factor).flatMap {
          try Self.units(line, $0, count * factor)
        }
        #expect(try Self.units(line, index, count) == fine)
      }
    }
  }

  @Test func growingByOneKeepsMostOfTheWorkWithItsNeighbours() throws {
    let line = Self.line(seed: 2, requests: 60, methods: 4)
    // A shard of another division has units only of shards that overlap with it: what `Shard.overlaps` promises.
    for index in 1...9 {
      let new = try Set(Self.units(line, index, 9))
      for old in 1...8 where !new.isDisjoint(with: try Self.units(line, old, 8)) {
        #expect(try Shard(index, of: 9).overlaps(Shard(old, of: 8)))
      }
    }
  }

  @Test func aRequestIsCutAtMostWhereAShardEnds() throws {
    let line = Self.line(seed: 4, requests: 50, methods: 6)
    let shares = try (1...8).flatMap { try line.shares(of: Shard($0, of: 8)) }
    #expect(shares.count <= 50 + 7, "each of seven cuts divides one request at most")
  }

  @Test func anEmptyExperimentHasEmptyShards() throws {
    let line = WorkLine([(place: RequestPlace, lengths: [Int])]())
    #expect(try line.shares(of: Shard(2, of: 3)).isEmpty && line.loads(of: 3).allSatisfy { $0.length == 0 })
  }
}
