import Testing

@testable import Imaging

@Suite struct ImageFormatTests {
  @Test func everyCodecIsFoundByItsFirstBytes() {
    for codec in ImageFormat.codecs {
      guard case .readable(let found) = ImageFormat(sniffing: codec.signature + [0, 1, 2, 3]) else {
        Issue.record("\(codec.name) is not recognised")
        continue
      }
      #expect(found.name == codec.name)
    }
    #expect(ImageFormat.names == "PNG or JPEG")
  }

  @Test func otherFormatsAreNamed() {
    guard case .other(let description, let isPicture) = ImageFormat(sniffing: Array("GIF89a".utf8)) else {
      Issue.record("GIF is read")
      return
    }
    #expect(description == "a GIF image" && isPicture)
  }
}
