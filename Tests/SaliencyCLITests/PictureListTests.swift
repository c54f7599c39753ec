import Foundation
import Testing

@testable import SaliencyCLI

/// Which files a command is given, and what they are called in its results.
@Suite struct PictureListTests {
  private let bench: Workbench

  init() throws { bench = try Workbench() }

  private func list(_ names: String...) throws -> PictureList { try PictureList(names.map { bench[$0] }) }

  @Test func whatAFolderLeavesOutIsCounted() throws {
    for name in ["a.png", "b.JPG", "c.webp", "d.webp", "e.bmp", "f.tif", "notes", ".hidden"] {
      try bench.picture(named: "many/\(name)", width: 2, height: 2)
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
    try bench.write("", to: "x")
    try bench.picture(named: "other/c.webp", width: 2, height: 2)
    let error = #expect(throws: PictureListError.self) { try list("other") }
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

  /// A stem of one dot means the folder itself in an HDF5 path.
  @Test func anImageOfDotsIsExplained() async throws {
    try bench.picture(named: "..png", width: 12, height: 12)
    let run = await CommandRun(
      "explain", bench["..png"], "--model", bench["gap.h5"], "--preprocessing", "unit", "--methods",
      "gradient", "--target",
      "1", "--output", bench["out"])
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(try bench.contents(of: "out") == ["maps.h5", "png_1_gradient.png"])
  }
}
