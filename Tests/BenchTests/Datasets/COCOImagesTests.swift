import Foundation
import Imaging
import SaliencyCore
import Testing

@testable import Bench
@testable import Metrics

@Suite struct COCOImagesTests {
  struct Fixture: Decodable {
    struct Case: Decodable {
      var kind: String
      var runs: [Int]
      var compressed: String
      var area: Int
    }
    struct Outline: Decodable {
      var kind: String
      var polygons: [[Double]]
      var compressed: String
      var area: Int
    }
    var height: Int
    var width: Int
    var masks: [Case]
    var polygons: [Outline]
  }

  static func fixture() throws -> Fixture {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/coco", withExtension: "json"))
    return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
  }

  /// `Fixtures/make_coco.py` wrote both forms with pycocotools.
  @Test func compressedRunsAreThoseOfPycocotools() throws {
    for mask in try Self.fixture().masks {
      #expect(RunLengthText.counts(of: mask.compressed) == mask.runs, "\(mask.kind)")
    }
    #expect(RunLengthText.counts(of: "a\u{1}") == nil)
    #expect(RunLengthText.counts(of: "P") == nil, "ends in the middle of a number")
  }

  /// Every mask, whichever form it is written in, bit for bit.
  @Test func masksAreThoseOfPycocotools() throws {
    let fixture = try Self.fixture()
    for mask in fixture.masks {
      let mine = try #require(Mask(height: fixture.height, width: fixture.width, columnRuns: mask.runs))
      #expect(mine.area == mask.area, "\(mask.kind)")
    }
    #expect(fixture.polygons.count > 50)
    for outline in fixture.polygons {
      let mine = Mask(height: fixture.height, width: fixture.width, polygons: outline.polygons)
      let runs = try #require(RunLengthText.counts(of: outline.compressed))
      let theirs = try #require(Mask(height: fixture.height, width: fixture.width, columnRuns: runs))
      #expect(mine == theirs && mine.area == outline.area, "\(outline.kind): \(outline.polygons)")
    }
  }

  @Test func coordinatesThatCannotBeMeantAreRefused() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.json.replacing("[[3, 0, 6, 0,", with: "[[3, 0, 6e9, 0,"), to: "far.json")
    #expect(
      throws: DatasetError(
        path, "found a polygon with the coordinate 6000000000.0, wanted pixels, 100000 at most")
    ) { try COCOImages.read(path, images: nil) }
  }

  @Test func aRectangleHasItsPixels() {
    let mask = Mask(height: 6, width: 8, polygons: [[1, 2, 5, 2, 5, 4, 1, 4], [6, 0, 8, 0, 8, 1, 6, 1]])
    #expect(
      mask
        == Mask(Box(x: 1, y: 2, width: 4, height: 2), height: 6, width: 8)
        .union(Mask(Box(x: 6, y: 0, width: 2, height: 1), height: 6, width: 8)))
  }

  static let json = """
    {"info": {}, "images": [{"id": 5, "file_name": "b.png", "height": 4, "width": 6}, {"id": 2, "file_name": "a.png"}],
     "categories": [{"id": 9, "name": "disc"}, {"id": 3, "name": "star"}],
     "annotations": [
      {"id": 1, "image_id": 5, "category_id": 9, "bbox": [1, 1, 2, 2], "iscrowd": 0,
       "segmentation": {"size": [4, 6], "counts": [5, 2, 2, 2, 13]}},
      {"id": 2, "image_id": 5, "category_id": 3, "bbox": [0, 0, 6, 4], "iscrowd": 1, "segmentation": []},
      {"id": 3, "image_id": 5, "category_id": 9, "segmentation": [[3, 0, 6, 0, 6, 4, 3, 4]]}]}
    """

  @Test func objectsComeWithTheirPicture() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.json, to: "annotations.json")
    let images = try COCOImages.read(path, images: nil)
    #expect(images.map(\.name) == ["b.png", "a.png"] && images[0].path == folder.path + "/b.png")
    #expect(images[0].classNames.names == ["star", "disc"])
    #expect(images[0].annotatedLabels == ["disc"], "a crowd is nothing to be found")
    #expect(images[0].truth == "disc" && images[1].truth == nil)
    let picture = Image(width: 6, height: 4, filledWith: RGB(0, 0, 0))
    let transform = InputTransform(height: 8, width: 8)
    let found = try #require(
      try images[0].annotations(for: picture, seenThrough: transform, classes: ["disc": 4]))
    #expect(found.objects.map(\.classIndex) == [4, nil, 4])
    #expect(found.objects.map(\.isCrowd) == [false, true, false] && images[0].crowdCount == 1)
    let square = Mask(Box(x: 1, y: 1, width: 2, height: 2), height: 4, width: 6)
    #expect(found.objects[0].mask == square && found.objects[0].box == square.box)
    #expect(found.objects[1].mask == nil && found.objects[1].box == Box(x: 0, y: 0, width: 6, height: 4))
    #expect(found.objects[2].box == Box(x: 3, y: 0, width: 3, height: 4), "the mask's own box")
  }

  @Test func aCentredCropMovesAndCutsWhatIsAnnotated() throws {
    let folder = try TemporaryFolder()
    let images = try COCOImages.read(try folder.write(Self.json, to: "annotations.json"), images: "elsewhere")
    #expect(images[0].path == "elsewhere/b.png")
    let picture = Image(width: 6, height: 4, filledWith: RGB(0, 0, 0))
    let transform = InputTransform(height: 8, width: 8, fit: .centerCrop)
    let found = try #require(try images[0].annotations(for: picture, seenThrough: transform, classes: [:]))
    #expect(found.height == 4 && found.width == 4, "columns 1 to 4 of 6")
    #expect(found.objects[0].mask == Mask(Box(x: 0, y: 1, width: 2, height: 2), height: 4, width: 4))
    #expect(found.objects[1].box == Box(x: 0, y: 0, width: 4, height: 4))
    #expect(found.objects[2].box == Box(x: 2, y: 0, width: 2, height: 4))
  }

  @Test func whatDoesNotFitIsSaid() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Self.json, to: "annotations.json")
    let image = try COCOImages.read(path, images: nil)[0]
    let turned = Image(width: 4, height: 6, filledWith: RGB(0, 0, 0))
    #expect(
      throws: DatasetError(
        image.path,
        "the picture is 4 x 6, its annotations are for 6 x 4; annotate the picture as it is shown, "
          + "EXIF orientation applied")
    ) { try image.annotations(for: turned, seenThrough: InputTransform(height: 8, width: 8), classes: [:]) }
    let cases = [
      ("[5, 2, 2, 2, 13]", "[5, 2]", nil),
      (
        "\"category_id\": 9, \"bbox\"", "\"category_id\": 8, \"bbox\"",
        "annotation 1 names image 5 and category 8, which the file does not list both"
      ),
      ("\"images\"", "\"imgs\"", "no COCO annotations: the key \"images\" is missing"),
      ("\"b.png\"", "7", "no COCO annotations: images.[0].file_name has the wrong type"),
      ("{\"info\"", "{{\"info\"", "no COCO annotations: this is no JSON"),
    ]
    for (old, new, problem) in cases {
      let path = try folder.write(Self.json.replacingOccurrences(of: old, with: new), to: "bad.json")
      if let problem {
        #expect(throws: DatasetError(path, problem)) { try COCOImages.read(path, images: nil) }
      } else {
        let image = try COCOImages.read(path, images: nil)[0]
        let picture = Image(width: 6, height: 4, filledWith: RGB(0, 0, 0))
        #expect(
          throws: DatasetError(
            image.path,
            "a run-length mask (disc) does not fill the picture's 6 x 4 pixels; its size is given as 6 x 4")
        ) {
          try image.annotations(for: picture, seenThrough: InputTransform(height: 8, width: 8), classes: [:])
        }
      }
    }
    #expect(
      throws: DatasetError("none.json", "no such file; wanted COCO annotations in JSON; check the path")
    ) {
      try COCOImages.read("none.json", images: nil)
    }
    let pipe = folder.path + "/pipe.json"
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(
      throws: DatasetError(
        pipe,
        "found a named pipe, which is not a regular file; wanted COCO annotations in JSON; save its content to a file first"
      )
    ) { try COCOImages.read(pipe, images: nil) }
  }
}
