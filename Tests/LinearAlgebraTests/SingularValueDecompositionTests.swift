import Testing

@testable import LinearAlgebra

@Suite struct SingularValueDecompositionTests {
  @Test func `a diagonal matrix gives its numbers, the largest first`() throws {
    let found = try SingularValueDecomposition(of: Matrix([[3, 0], [0, -5], [0, 0]]))
    #expect(close(found.values, [5, 3]))
    #expect(found.rank() == 2)
  }

  @Test(arguments: [(1, 1), (3, 3), (7, 4), (4, 7), (30, 12)])
  func `the factors give the matrix, and are orthonormal`(_ rows: Int, _ columns: Int) throws {
    let a = randomMatrix(rows, columns)
    let found = try SingularValueDecomposition(of: a)
    let k = min(rows, columns)
    #expect(found.values.count == k && found.values.allSatisfy { $0 >= 0 })
    #expect(found.values == found.values.sorted(by: >))
    #expect(close((found.left * diagonal(found.values) * found.rightTransposed).values, a.values))
    #expect(close((found.left.transposed * found.left).values, identity(k).values))
    #expect(close((found.rightTransposed * found.rightTransposed.transposed).values, identity(k).values))
  }

  @Test func `a matrix of rank 1 has one singular value`() throws {
    let found = try SingularValueDecomposition(of: Matrix([[1, 2, 3], [2, 4, 6], [-1, -2, -3]]))
    #expect(found.rank() == 1)
    #expect(abs(found.values[0] - 84.0.squareRoot()) < 1e-12)
  }

  @Test func `the same matrix gives the same bits`() throws {
    let a = randomMatrix(40, 30)
    let (first, second) = (
      try SingularValueDecomposition(of: a), try SingularValueDecomposition(of: a)
    )
    #expect(first.left == second.left && first.values == second.values)
  }

  @Test func `numbers that are not finite are an error`() {
    let error = #expect(throws: LinearAlgebraError.self) {
      try SingularValueDecomposition(of: Matrix([[1, 2], [.nan, 4]]))
    }
    #expect(error?.description == "matrix: found NaN or infinity in row 1, column 0, expected finite numbers")
  }
}
