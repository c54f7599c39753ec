import SaliencyCore
import Testing

@testable import Imaging
@testable import Support

/// The numbers of `tf.image.resize` and of Pillow, from `make_resampling.py`.
@Suite struct ResizingTests {
  struct Reference: Decodable {
    struct Case: Decodable {
      let interpolation: Interpolation
      let from: [Int]
      let to: [Int]
      /// Top, bottom, left and right of the part that is used.
      let box: [Int]?
      let values: [Float]?
      let rgb: String?
    }
    let tensorflow: [Case]
    let pillow: [Case]
  }

  @Test func sameAsTensorFlow() throws {
    let cases = try Fixtures.decoded("resampling.json", as: Reference.self).tensorflow
    #expect(cases.count == 24)
    for item in cases {
      let count = item.from[0] * item.from[1] * 2
      let input = Tensor(
        shape: [1, item.from[0], item.from[1], 2], scalars: (0..<count).map { Float($0 * 7919 % 997) / 997 })
      let output = Resize.apply(item.interpolation, to: input, size: (item.to[0], item.to[1])).scalars
      let expected = try #require(item.values)
      let worst = zip(output, expected).map { abs($0 - $1) }.max() ?? .infinity
      #expect(worst <= 1e-6, "\(item.interpolation) \(item.from) -> \(item.to)")
    }
  }

  @Test func sameAsPillowByteForByte() throws {
    let cases = try Fixtures.decoded("resampling.json", as: Reference.self).pillow
    #expect(cases.count == 24)
    for item in cases {
      let count = item.from[0] * item.from[1] * 3
      let input = Image(
        width: item.from[1], height: item.from[0], pixels: (0..<count).map { UInt8($0 * 7919 % 251) })
      let part = item.box.map { ImagePart(rows: $0[0]..<$0[1], columns: $0[2]..<$0[3]) } ?? input.bounds
      let output =
        item.interpolation == .nearest
        ? PillowResampling.nearest(input, part: part, height: item.to[0], width: item.to[1])
        : PillowResampling.bilinear(input, part: part, height: item.to[0], width: item.to[1])
      let expected = Fixtures.bytes(hex: try #require(item.rgb))
      let worst = zip(output.pixels, expected).map { abs(Int($0) - Int($1)) }.max()
      #expect(worst == 0, "\(item.interpolation) \(item.from) -> \(item.to)")
    }
  }
}
