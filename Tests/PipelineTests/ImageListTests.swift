import Foundation
import Testing

@testable import Pipeline

/// The files of a list and their names.
@Suite struct ImageListTests {
  private let bench: TemporaryFolder

  init() throws { bench = try TemporaryFolder() }

  private func list(_ names: String...) throws -> ImageList { try ImageList(names.map { bench[$0] }) }

  @Test func whatAFolderLeavesOutIsCounted() throws {
    for name in ["a.png", "b.JPG", "c.webp", "d.webp", "e.bmp", "f.tif", "notes", ".hidden"] {
      try bench.image(named: "many/\(name)")
    }
    for name in ["many/inner", "many/more", "many/folder.png"] {
      try FileManager.default.createDirectory(atPath: bench[name], withIntermediateDirectories: true)
    }
    let found = try list("many")
    #expect(found.files.map(\.name) == ["a", "b"])
    #expect(
      found.remarks == [
        "\(bench["many"]): 2 PNG or JPEG files are read; left out: 1 .bmp, 1 .tif, 2 .webp, 1 without a suffix, 3 sub-folders; "
          + "name sub-folders to read them too"
      ])
    #expect(try list("many/a.png").remarks.isEmpty)
  }

  @Test func aFolderOfOtherFormatsSaysWhatItHas() throws {
    try bench.image(named: "x")
    try bench.image(named: "other/c.webp")
    let error = #expect(throws: ImageListError.self) { try list("other") }
    #expect(
      error?.description
        == "\(bench["other"]): found a directory without PNG or JPEG files (it has 1 .webp), wanted images; name a folder that holds "
        + "some")
  }

  @Test func everyImageHasANameOfItsOwn() throws {
    let names = try list("photo.png", "x/photo.png", "photo-2.png", "y/photo.png", "..png", "...png", ".png")
      .files.map(\.name)
    #expect(names == ["photo", "photo-2", "photo-2-2", "photo-3", "png", "png-2", "png-3"])
  }
}
