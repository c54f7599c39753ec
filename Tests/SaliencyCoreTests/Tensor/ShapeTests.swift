import Foundation
import SaliencyCore
import Testing

/// Up to four axes lie in the shape itself, the others in an array: both have to look alike.
@Suite struct ShapeTests {
  private func sizes(_ rank: Int) -> [Int] { (0..<rank).map { 2 + $0 % 3 } }

  @Test(arguments: 0...7) func aShapeIsItsDimensions(_ rank: Int) {
    let shape = Shape(sizes(rank))
    #expect(shape.rank == rank && shape.dimensions == sizes(rank))
    #expect((0..<rank).map { shape[$0] } == sizes(rank))
    #expect(shape.count == sizes(rank).reduce(1, *))
    #expect(shape.batched(5).dimensions == [5] + sizes(rank))
    #expect(shape.sample.dimensions == Array(sizes(rank).dropFirst()))
    #expect(shape.batched(9).sample == shape)
  }

  @Test(arguments: 1...7) func shapesThatDifferInOneAxisDiffer(_ rank: Int) {
    let shape = Shape(sizes(rank))
    #expect(shape == Shape(sizes(rank)) && shape.hashValue == Shape(sizes(rank)).hashValue)
    for axis in 0..<rank {
      var other = sizes(rank)
      other[axis] += 1
      #expect(shape != Shape(other))
    }
    // One is what stands where there is no axis.
    #expect(shape != Shape(sizes(rank) + [1]))
    #expect(Set([shape, shape, Shape(sizes(rank) + [1])]).count == 2)
  }

  @Test func aShapeOfNothingHasNoElements() {
    #expect(Shape([3, 0, 2]).count == 0 && Shape([1, 2, 3, 4, 0]).count == 0 && Shape([]).count == 1)
    #expect("\(Shape([2, 3]))" == "(2, 3)" && "\(Shape([]))" == "()")
  }

  @Test(arguments: [0, 3, 6]) func itsFormInFilesIsAList(_ rank: Int) throws {
    let data = try JSONEncoder().encode(Shape(sizes(rank)))
    let list = sizes(rank).map(String.init).joined(separator: ",")
    #expect(String(decoding: data, as: UTF8.self) == "{\"dimensions\":[\(list)]}")
    #expect(try JSONDecoder().decode(Shape.self, from: data) == Shape(sizes(rank)))
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Shape.self, from: Data("{\"dimensions\":[2,-1]}".utf8))
    }
  }
}
