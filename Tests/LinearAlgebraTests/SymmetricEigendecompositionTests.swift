import Testing

@testable import LinearAlgebra

@Suite struct SymmetricEigendecompositionTests {
  @Test func `a matrix of 2 x 2 by hand`() throws {
    let found = try SymmetricEigendecomposition(of: Matrix([[2, 1], [1, 2]]))
    #expect(close(found.values, [1, 3]))
    let first = found.vectors[0, 0] * found.vectors[1, 0]
    #expect(abs(first + 0.5) < 1e-12, "(1, -1) / sqrt 2")
  }

  @Test(arguments: [1, 2, 5, 24]) func `the factors give the matrix, and are orthonormal`(_ n: Int) throws {
    let b = randomMatrix(n, n)
    let a = b * b.transposed
    let found = try SymmetricEigendecomposition(of: a)
    #expect(found.values == found.values.sorted())
    let product = found.vectors * diagonal(found.values) * found.vectors.transposed
    #expect(close(product.values, a.values))
    #expect(close((found.vectors.transposed * found.vectors).values, identity(n).values))
  }

  @Test func `only the lower triangle is read`() throws {
    let found = try SymmetricEigendecomposition(of: Matrix([[2, 99], [1, 2]]))
    #expect(close(found.values, [1, 3]))
  }
}
