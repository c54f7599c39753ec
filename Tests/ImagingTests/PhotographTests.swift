import Foundation
import Imaging
import TestSupport
import Testing

/// Real photographs of the extra test data.
///
/// The checksums of Pillow's pixels are in `photographs.json`.
@Suite struct PhotographTests {
  @Test(.enabled(if: TestData.holds("images"), "\(TestData.missing("images"))"))
  func pixelsOfPhotographsAreThoseOfPillow() throws {
    let folder = try #require(TestData.path("images"))
    let checksums = try Fixtures.decoded("photographs.json", as: [String: UInt32].self)
    #expect(checksums.count == 42)
    for (name, checksum) in checksums {
      let path = folder + (name.hasSuffix(".png") ? "/" : "/imagenet/") + name
      let image = try Image(contentsOf: path, options: .keras)
      #expect(Checksum.adler32(image.pixels) == checksum, "\(name)")
    }
  }
}
