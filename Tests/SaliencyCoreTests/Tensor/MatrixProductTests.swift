import Testing

@testable import SaliencyCore

@Suite struct MatrixProductTests {
  /// 2 x 3 times 3 x 2, by hand; the second as it is and turned round.
  @Test(arguments: [false, true]) func `a product is right, also when OpenBLAS' own threads are ended`(
    _ transposed: Bool
  ) {
    Execution.endLibraryThreads()
    let a: [Float] = [1, 2, 3, 4, 5, 6]
    let b: [Float] = transposed ? [7, 9, 11, 8, 10, 12] : [7, 8, 9, 10, 11, 12]
    var c: [Float] = [1, 1, 1, 1]
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        c.withUnsafeMutableBufferPointer { c in
          guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
          MatrixProduct.multiply(
            rows: 2, columns: 2, inner: 3, .init(a, pitch: 3),
            .init(b, pitch: transposed ? 3 : 2, transposed: transposed), into: c, pitch: 2, beta: 1)
        }
      }
    }
    #expect(c == [59, 65, 140, 155])
  }
}
