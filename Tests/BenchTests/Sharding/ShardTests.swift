import Testing

@testable import Bench

@Suite struct ShardTests {
  @Test(arguments: ["1/1", "3/8", "8/8", "12/1000"])
  func whatIsWrittenIsRead(_ text: String) throws {
    #expect(try "\(Shard(parsing: text))" == text)
  }

  @Test(arguments: ["", "3", "0/8", "9/8", "-1/8", "1/0", "a/b", "1/2/3", "1/", "1/99999999"])
  func whatIsNoPartIsRefused(_ text: String) {
    let error = #expect(throws: ShardError.self) { try Shard(parsing: text) }
    #expect(error?.description == "shard: found \"\(text)\", wanted K/N with K from 1 to N, as in 3/8")
  }

  @Test func foldersAreNamedInOrder() throws {
    #expect(try Shard(3, of: 8).folderName == "0003-of-0008")
    #expect(try Shard(3, of: 12_345).folderName == "00003-of-12345")
    #expect(try Shard(folderName: "0003-of-0008") == Shard(3, of: 8))
    for name in ["3-of-8", "0009-of-0008", "x", "0003-of-0008.old"] {
      #expect(Shard(folderName: name) == nil)
    }
  }

  @Test func shardsOfTwoDivisionsOverlapWhereTheirPiecesDo() throws {
    func overlaps(_ a: Int, _ n: Int, _ b: Int, _ m: Int) throws -> Bool {
      try Shard(a, of: n).overlaps(Shard(b, of: m))
    }
    #expect(try overlaps(1, 2, 2, 4) && !overlaps(1, 2, 3, 4))
    #expect(try overlaps(2, 3, 1, 2) && overlaps(2, 3, 2, 2) && !overlaps(1, 3, 2, 2))
  }
}
