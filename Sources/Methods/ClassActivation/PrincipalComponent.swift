internal import LinearAlgebra
internal import SaliencyCore

/// The first principal component of the maps of a layer.
enum PrincipalComponent {
  /// The projection of each position's K values on their first right singular vector, `[1, h, w, 1]`.
  ///
  /// The sign, which a singular vector has not, is that with which the projection agrees with the sum of the maps: their inner
  /// product is not negative.
  ///
  /// - Parameter isCentred: Whether each map's mean is subtracted first.
  /// - Throws: `LinearAlgebraError`.
  static func projection(of maps: Tensor, isCentred: Bool) throws -> Tensor {
    let (positions, count) = (maps.shape[1] * maps.shape[2], maps.shape[3])
    let means = isCentred ? maps.meanOverSpace().scalars : [Float](repeating: 0, count: count)
    let rows = maps.scalars.enumerated().map { Double($1) - Double(means[$0 % count]) }
    let projected = try projection(rows, positions, count)
    let total = maps.sumOverChannels().scalars
    let agreement = zip(projected, total).reduce(0) { $0 + $1.0 * Double($1.1) }
    let sign: Double = agreement < 0 ? -1 : 1
    return Tensor(
      shape: [1, maps.shape[1], maps.shape[2], 1], scalars: projected.map { Float(sign * $0) })
  }

  /// By the eigenvectors of the smaller of A Aᵀ and Aᵀ A.
  private static func projection(_ a: [Double], _ positions: Int, _ count: Int) throws -> [Double] {
    let isTall = positions > count
    let size = min(positions, count)
    let (step, inner, length) = isTall ? (1, count, positions) : (count, 1, count)
    var gram = Matrix(rows: size, columns: size, values: [Double](repeating: 0, count: size * size))
    a.withUnsafeBufferPointer { a in
      for i in 0..<size {
        for j in 0...i {
          var total = 0.0
          for k in 0..<length { total += a[i * step + k * inner] * a[j * step + k * inner] }
          gram[i, j] = total
        }
      }
    }
    let eigen = try SymmetricEigendecomposition(of: gram)
    let vector = (0..<size).map { eigen.vectors[$0, size - 1] }
    guard isTall else {
      let scale = max(eigen.values[size - 1], 0).squareRoot()
      return vector.map { scale * $0 }
    }
    return (0..<positions).map { p in (0..<count).reduce(0) { $0 + a[p * count + $1] * vector[$1] } }
  }
}
