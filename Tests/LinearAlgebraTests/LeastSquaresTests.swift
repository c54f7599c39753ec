import Testing

@testable import LinearAlgebra

@Suite struct LeastSquaresTests {
  @Test func `a line through points`() throws {
    let a = Matrix([[1, 0], [1, 1], [1, 2]])
    let found = try LeastSquares(a, Matrix([[1], [3], [5]]))
    #expect(close(found.solution.values, [1, 2]) && found.rank == 2)
  }

  @Test(arguments: [(9, 4, 1), (9, 4, 3), (4, 9, 2), (5, 5, 2)])
  func `the residual is orthogonal to the columns`(_ rows: Int, _ columns: Int, _ count: Int) throws {
    let (a, b) = (randomMatrix(rows, columns), randomMatrix(rows, count, seed: 2))
    let found = try LeastSquares(a, b)
    let product = a * found.solution
    let residual = Matrix(
      rows: rows, columns: count, values: zip(product.values, b.values).map { $0 - $1 })
    #expect((a.transposed * residual).values.allSatisfy { abs($0) < 1e-10 })
    #expect(found.rank == min(rows, columns))
  }

  @Test func `without full rank the solution of the smallest norm is found`() throws {
    let found = try LeastSquares(Matrix([[1, 1], [1, 1]]), Matrix([[2], [2]]))
    #expect(close(found.solution.values, [1, 1]) && found.rank == 1)
  }
}
