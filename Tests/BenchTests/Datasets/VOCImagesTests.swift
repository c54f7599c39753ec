import Foundation
import Imaging
import Testing

@testable import Bench
@testable import Metrics

@Suite struct VOCImagesTests {
  static let xml = """
    <annotation><folder>VOC2012</folder><filename>one.jpg</filename>
    <size><width>5</width><height>4</height><depth>3</depth></size><segmented>1</segmented>
    <object><name>dog</name><pose>Left</pose><difficult>0</difficult>
     <bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox>
     <part><name>head</name><bndbox><xmin>9</xmin><ymin>9</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></part></object>
    <object><name>cat</name><difficult>1</difficult>
     <bndbox><xmin>4.0</xmin><ymin>1</ymin><xmax>5</xmax><ymax>1</ymax></bndbox></object></annotation>
    """

  @Test func boxesAndMasksAreRead() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.xml, to: "Annotations/one.xml")
    let colours = [RGB(0, 0, 0), RGB(128, 0, 0), RGB(0, 128, 0), RGB(224, 224, 192)]
    let pixels = [0, 0, 0, 2, 2, 1, 1, 3, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 0, 0]
    let png = Image(width: 5, height: 4) { row, column in colours[pixels[row * 5 + column]] }
    try folder.write(try png.pngData(), to: "SegmentationObject/one.png")
    let images = try VOCImages.read(
      folder.path + "/Annotations", images: nil, segmentation: folder.path + "/SegmentationObject")
    #expect(images.map(\.name) == ["one.jpg"] && images[0].path == folder.path + "/Annotations/one.jpg")
    #expect(images[0].annotatedLabels == ["dog"] && images[0].classNames.names == ["cat", "dog"])
    let found = try #require(
      try images[0].annotations(
        for: Image(width: 5, height: 4, filledWith: RGB(0, 0, 0)),
        seenThrough: InputTransform(height: 4, width: 5), classes: ["dog": 1]))
    #expect(
      found.objects.map(\.box) == [
        Box(x: 0, y: 1, width: 3, height: 3), Box(x: 3, y: 0, width: 2, height: 1),
      ])
    #expect(
      found.objects.map(\.classIndex) == [1, nil] && found.objects.map(\.isDifficult) == [false, true])
    #expect(found.objects[0].mask == Mask(height: 4, width: 5, pixels: pixels.map { $0 == 1 }))
    #expect(found.objects[1].mask == Mask(height: 4, width: 5, pixels: pixels.map { $0 == 2 }))
  }

  @Test func thePaletteIsVOCs() {
    let colors = [1, 2, 3, 8, 20, 255].map(Mask.vocColor)
    #expect(
      colors == [
        RGB(128, 0, 0), RGB(0, 128, 0), RGB(128, 128, 0), RGB(64, 0, 0), RGB(0, 64, 128), RGB(224, 224, 192),
      ])
  }

  @Test func whatIsWrongIsSaid() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.xml, to: "p/one.xml")
    #expect(mkfifo(folder.path + "/p/two.xml", 0o600) == 0)
    #expect(
      throws: DatasetError(
        folder.path + "/p/two.xml",
        "found a named pipe, which is not a regular file; wanted VOC annotations in XML; save its content to a file first"
      )
    ) { try VOCImages.read(folder.path + "/p", images: nil, segmentation: nil) }
    try folder.write(Self.xml.replacingOccurrences(of: "<ymin>2</ymin>", with: ""), to: "a/one.xml")
    #expect(
      throws: DatasetError(
        folder.path + "/a/one.xml", "object 1 lacks a name or one of xmin, ymin, xmax, ymax")
    ) {
      try VOCImages.read(folder.path + "/a", images: nil, segmentation: nil)
    }
    try folder.write("<annotation>\n<object></annotation>", to: "b/one.xml")
    #expect(
      throws: DatasetError(
        folder.path + "/b/one.xml", "line 2: this is no XML: found </annotation>, expected </object>")
    ) {
      try VOCImages.read(folder.path + "/b", images: nil, segmentation: nil)
    }
    try folder.write("", to: "c/notes.txt")
    #expect(throws: DatasetError(folder.path + "/c", "the folder holds no XML files")) {
      try VOCImages.read(folder.path + "/c", images: nil, segmentation: nil)
    }
  }
}
