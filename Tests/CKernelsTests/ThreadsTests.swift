import CKernels
import Testing

extension KernelTests {
  @Suite struct ThreadsTests {
    /// Runs a region whose units add 1 to their own element and returns the elements.
    static func count(_ units: Int, _ threads: Int32) -> [Int32] {
      var counts = [Int32](repeating: 0, count: max(units, 1))
      counts.withUnsafeMutableBufferPointer { counts in
        ck_parallel_for(
          units, threads,
          { context, unit, _ in
            context?.assumingMemoryBound(to: Int32.self)[unit] += 1
          }, counts.baseAddress)
      }
      return counts
    }

    @Test(arguments: [1, 2, 3, 4, 64, 1000] as [Int32])
    func everyUnitRunsOnce(_ threads: Int32) {
      for units in [0, 1, 2, 3, 17, 1000] {
        #expect(Self.count(units, threads).reduce(0, +) == Int32(units))
        #expect(Self.count(units, threads).allSatisfy { $0 <= 1 })
      }
    }

    /// More than the pool counts at once.
    @Test func aMillionUnitsAndMore() {
      let units = (1 << 20) + 3
      #expect(Self.count(units, 2).allSatisfy { $0 == 1 })
    }

    @Test func manyShortRegions() {
      for _ in 0..<20_000 { #expect(Self.count(3, 3) == [1, 1, 1]) }
    }

    @Test func regionsNest() {
      var total = [Int32](repeating: 0, count: 8 * 100)
      total.withUnsafeMutableBufferPointer { total in
        ck_parallel_for(
          8, 4,
          { context, unit, _ in
            let part = context?.assumingMemoryBound(to: Int32.self).advanced(by: unit * 100)
            ck_parallel_for(
              100, 4,
              { context, unit, worker in
                context?.assumingMemoryBound(to: Int32.self)[unit] += worker == 0 ? 1 : 100
              }, part)
          }, total.baseAddress)
      }
      #expect(total.allSatisfy { $0 == 1 })
    }

    @Test func severalThreadsMayStartRegions() async {
      await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<4 {
          group.addTask { (0..<2000).allSatisfy { _ in Self.count(5, 2) == [1, 1, 1, 1, 1] } }
        }
        for await allOnce in group { #expect(allOnce) }
      }
    }

    @Test func workersAreBelowTheThreadCount() {
      var seen = [Int32](repeating: -1, count: 500)
      seen.withUnsafeMutableBufferPointer { seen in
        ck_parallel_for(
          500, 3,
          { context, unit, worker in
            context?.assumingMemoryBound(to: Int32.self)[unit] = worker
          }, seen.baseAddress)
      }
      #expect(seen.allSatisfy { $0 >= 0 && $0 < 3 })
      #expect(ck_available_processors() >= 1)
    }
  }
}
