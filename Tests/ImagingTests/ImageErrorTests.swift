import Foundation
import Imaging
import Testing

/// The sentences a user gets for something that is no picture.
@Suite struct ImageErrorTests {
  private func sentence(_ path: String) -> String {
    do {
      _ = try Image(contentsOf: path)
      return "no error"
    } catch {
      return error.description
    }
  }

  private func sentence(forFile bytes: [UInt8], named name: String) throws -> String {
    let folder = try Fixtures.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent(name)
    try Data(bytes).write(to: path)
    return sentence(path.path).replacingOccurrences(of: folder.path + "/", with: "")
  }

  @Test func pathsThatAreNoFile() throws {
    #expect(
      sentence("/nowhere/cat.png")
        == "/nowhere/cat.png: no such file; wanted a PNG or JPEG image; check the path")
    let folder = try Fixtures.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(
      sentence(folder.path)
        == "\(folder.path): found a directory, wanted a PNG or JPEG image; name the files in it")
    try Data([1]).write(to: folder.appendingPathComponent("cat.png"))
    #expect(sentence(folder.path + "/cta.png").hasSuffix("did you mean \"\(folder.path)/cat.png\"?"))
    #expect(sentence(folder.path + "/cat.png/x").contains("cannot be read (Not a directory)"))
  }

  @Test func whatIsNoRegularFile() throws {
    let folder = try Fixtures.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.path + "/pipe.png"
    #expect(mkfifo(path, 0o600) == 0)
    #expect(
      sentence(path)
        == "\(path): found a named pipe, which is not a regular file; wanted a PNG or JPEG image; save its content to a file first"
    )
    #expect(sentence("/dev/zero").hasPrefix("/dev/zero: found a device, which is not a regular file; "))
  }

  @Test(arguments: [
    (Array("GIF89a".utf8), "a GIF image"),
    (Array("RIFF\u{1}\u{1}\u{1}\u{1}WEBPVP8 ".utf8), "a WebP image"),
    ([0x49, 0x49, 0x2A, 0, 8, 0, 0, 0], "a TIFF image"),
    (Array("BM".utf8) + [70, 0, 0, 0], "a BMP image"),
    (Array("\0\0\0\u{18}ftypheic".utf8), "a HEIC image"),
    (Array("\0\0\0\u{18}ftypavif".utf8), "an AVIF image"),
    (Array("<?xml version=\"1.0\"?>\n<svg>".utf8), "an SVG drawing"),
  ])
  func otherPictures(_ bytes: [UInt8], _ kind: String) throws {
    #expect(
      try sentence(forFile: bytes, named: "cat.png")
        == "cat.png: found \(kind), wanted a PNG or JPEG image; convert it to one of these"
        || kind == "an SVG drawing")
    #expect(try sentence(forFile: bytes, named: "cat.png").contains("found \(kind), wanted"))
  }

  @Test(arguments: [
    (
      Array("hello  there,\nthis is no picture at all".utf8),
      "a text file that begins \"hello there, this is no \""
    ),
    (Array("\n <!DOCTYPE html><html>".utf8), "an HTML page"),
    (Array("\u{89}HDF\r\n".unicodeScalars.map { UInt8($0.value) }), "an HDF5 file"),
    (Array("version https://git-lfs.github.com/spec/v1".utf8), "a Git LFS pointer, not the file itself"),
    ([0, 1, 2, 254], "an unknown kind of file that begins with the bytes 00 01 02 FE"),
  ])
  func noPictures(_ bytes: [UInt8], _ kind: String) throws {
    #expect(
      try sentence(forFile: bytes, named: "cat.png")
        == "cat.png: found \(kind), wanted a PNG or JPEG image; check the path, or download it again")
  }

  @Test func emptyTruncatedAndDamaged() throws {
    #expect(
      try sentence(forFile: [], named: "cat.png")
        == "cat.png: found an empty file, wanted a PNG or JPEG image; copy or download it again")
    let jpeg = try Fixtures.bytes("ycc420.jpg")
    #expect(
      try sentence(forFile: Array(jpeg.dropLast(40)), named: "cat.png")
        == "cat.png: found a JPEG image that ends early, wanted a whole one; copy or download it again")
    var png = try Fixtures.bytes("rgb8.png")
    png[50] ^= 0xFF
    let damaged = try sentence(forFile: png, named: "cat.png")
    #expect(damaged.hasPrefix("cat.png: found a damaged PNG image ("))
  }
}
