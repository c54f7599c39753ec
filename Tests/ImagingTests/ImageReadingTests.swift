import Foundation
import Imaging
import SaliencyCore
import Testing

@testable import Support

@Suite struct ImageReadingTests {
  static let names = (try? Fixtures.expected().keys.sorted()) ?? []

  @Test func thereAreFixtures() { #expect(Self.names.count >= 40) }

  @Test(arguments: names)
  func pixelsAreThoseOfPillow(_ name: String) throws {
    let expected = try #require(try Fixtures.expected()[name])
    let path = try Fixtures.path(name)
    let image = try Image(contentsOf: path, options: DecodingOptions(transparency: .ignored))
    #expect(image.width == expected.width && image.height == expected.height)
    #expect(image.pixels == Fixtures.bytes(hex: expected.rgb))
    if let overWhite = expected.overWhite {
      #expect(try Image(contentsOf: path).pixels == Fixtures.bytes(hex: overWhite))
    }
  }

  @Test(arguments: ["png", "jpg"])
  func orientationCanBeLeftAlone(_ suffix: String) throws {
    let upright = try Image(contentsOf: Fixtures.path("orientation1.\(suffix)"))
    for orientation in Orientation.allCases {
      let path = try Fixtures.path("orientation\(orientation.rawValue).\(suffix)")
      let stored = try Image(contentsOf: path, options: .keras)
      #expect(stored == upright)
      #expect(try Image(contentsOf: path) == stored.uprighted(from: orientation))
    }
  }

  @Test func transparencyOverAColour() throws {
    let path = try Fixtures.path("rgb-keyed.png")
    let red = RGB(200, 0, 0)
    let image = try Image(contentsOf: path, options: DecodingOptions(transparency: .over(red)))
    #expect(image[2, 3] == red)
    #expect(image[0, 0] == (try Image(contentsOf: path))[0, 0])
  }

  /// No prefix of a file is read as a picture, whatever the format, and none brings the process down.
  @Test(arguments: names)
  func everyTruncationIsAnError(_ name: String) throws {
    let bytes = try Fixtures.bytes(name)
    for count in 0..<bytes.count {
      #expect(throws: ImageError.self, "\(name), first \(count) bytes") {
        try Image(decoding: Array(bytes[..<count]), named: name)
      }
    }
  }

  @Test(arguments: ["rgb8.png", "ycc420.jpg", "progressive.jpg"])
  func truncationIsCalledThat(_ name: String) throws {
    let bytes = try Fixtures.bytes(name)
    let format = name.hasSuffix("png") ? "PNG" : "JPEG"
    // In the picture data, and in the end mark alone.
    for count in [bytes.count * 3 / 4, bytes.count - 2] {
      #expect(throws: ImageError.truncated(path: "a", format: format)) {
        try Image(decoding: Array(bytes[..<count]), named: "a")
      }
    }
  }

  /// A picture that was cut and then closed with an end mark decodes to grey in libjpeg; here it is an error.
  @Test func jpegCutAndClosedIsAnError() throws {
    let bytes = try Fixtures.bytes("ycc444.jpg")
    let cut = Array(bytes[..<(bytes.count - 60)]) + [0xFF, 0xD9]
    #expect(throws: ImageError.truncated(path: "a", format: "JPEG")) { try Image(decoding: cut, named: "a") }
  }

  /// Damaged bytes give an error or a picture of the right size, never a crash.
  @Test(arguments: names)
  func damageIsSurvived(_ name: String) throws {
    let bytes = try Fixtures.bytes(name)
    let random = CounterRandom(seed: 11)
    for trial in 0..<300 {
      var damaged = bytes
      for change in 0..<3 {
        let draw = trial * 6 + change * 2
        damaged[random.integer(below: bytes.count, at: draw)] = UInt8(
          random.integer(below: 256, at: draw + 1))
      }
      let options = DecodingOptions(pixelLimit: 1_000_000)
      if let image = try? Image(decoding: damaged, named: name, options: options) {
        #expect(image.pixels.count == image.width * image.height * 3)
      }
    }
  }

  @Test func absurdSizesAreRefusedBeforeMemoryIsAskedFor() throws {
    let sentences = [
      (1_000_000, 1_000_000, "wanted at most 100000000; make the image smaller"),
      (1, 10_000_000, "wanted at most 1000000 in a row or column; crop the image"),
      (100_000_000, 1, "wanted at most 1000000 in a row or column; crop the image"),
    ]
    for (width, height, sentence) in sentences {
      let bytes = try png(claiming: width, by: height)
      let error = #expect(throws: ImageError.self) { try Image(decoding: bytes, named: "big.png") }
      #expect(error?.description == "big.png: found \(width) x \(height) pixels, \(sentence)")
    }
  }

  /// A PNG whose header names another size than its pixels have.
  private func png(claiming width: Int, by height: Int) throws -> [UInt8] {
    func bytes(_ number: Int) -> [UInt8] {
      (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
    }
    var png = try Fixtures.bytes("rgb8.png")
    png.replaceSubrange(16..<24, with: bytes(width) + bytes(height))
    png.replaceSubrange(29..<33, with: bytes(Int(Checksum.crc32(Array(png[12..<29])))))
    return png
  }

  @Test(arguments: [(1, 1), (1, 9), (640, 1), (200, 150)])
  func writtenPNGsOfAnySizeReadBack(_ width: Int, _ height: Int) throws {
    let colourful = Image(width: width, height: height) {
      RGB(UInt8($0 * $1 * 7 % 256), UInt8(($0 ^ $1) % 256), UInt8($1 % 256))
    }
    for image in [colourful, colourful.grey, Image(width: width, height: height, filledWith: .white)] {
      for compression in [PNGCompression.small, .fast] {
        let png = try image.pngData(compression)
        #expect(try Image(decoding: Array(png), named: "written.png") == image)
        #expect(try image.pngData(compression) == png)
      }
    }
  }

  @Test func writtenPNGReadsBackAndIsDeterministic() throws {
    let folder = try Fixtures.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let image = Image(width: 31, height: 17) { RGB(UInt8($0 * 9), UInt8($1 * 7), UInt8($0 * $1 % 256)) }
    let path = folder.appendingPathComponent("out.png").path
    try image.writePNG(to: path)
    #expect(try Image(contentsOf: path) == image)
    #expect(try image.pngData() == Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out.png"])
    #expect(throws: FileWriteError.self) { try image.writePNG(to: folder.path + "/none/out.png") }
  }
}
