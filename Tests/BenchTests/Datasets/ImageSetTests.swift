import Foundation
import ModelLibrary
import SaliencyCore
import Testing

@testable import Bench

@Suite struct ImageSetTests {
  static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in [
      "p/b.png", "p/a.JPG", "p/.hidden.png", "p/notes.txt", "t/n02/x.jpeg", "t/n01/x.jpeg", "t/n01/y.png",
    ] {
      try folder.write("", to: name)
    }
    return folder
  }

  func names(_ sources: [ImageSource], in folder: TemporaryFolder, seed: UInt64 = 0) throws -> [String] {
    try ImageSet(sources, folder: folder.path, seed: seed).images.map(\.name)
  }

  @Test func foldersPatternsAndTrees() throws {
    let folder = try Self.folder()
    #expect(try names([ImageSource(.folder("p"))], in: folder) == ["a.JPG", "b.png"])
    #expect(try names([ImageSource(.file("p/b.png"))], in: folder) == ["b.png"])
    #expect(try names([ImageSource(.glob("t/*/*.jpeg"))], in: folder) == ["n01/x.jpeg", "n02/x.jpeg"])
    let tree = try ImageSet([ImageSource(.classes("t"))], folder: folder.path, seed: 0).images
    #expect(tree.map(\.name) == ["n01/x.jpeg", "n01/y.png", "n02/x.jpeg"])
    #expect(tree.map(\.truth) == ["n01", "n01", "n02"] && tree[0].annotatedLabels == ["n01"])
  }

  @Test func rangesAndSamples() throws {
    let folder = try TemporaryFolder()
    for i in 0..<20 { try folder.write("", to: "p/\(i + 10).png") }
    let all = try names([ImageSource(.folder("p"))], in: folder)
    #expect(try names([ImageSource(.folder("p"), range: 2..<4)], in: folder) == ["12.png", "13.png"])
    let drawn = try names([ImageSource(.folder("p"), sample: 5)], in: folder, seed: 1)
    #expect(drawn.count == 5 && drawn == all.filter(drawn.contains))
    #expect(try names([ImageSource(.folder("p"), sample: 5)], in: folder, seed: 1) == drawn)
    #expect(try names([ImageSource(.folder("p"), sample: 5)], in: folder, seed: 2) != drawn)
    #expect(try names([ImageSource(.folder("p"), sample: 50)], in: folder) == all)
  }

  @Test func namesAreDistinct() throws {
    let folder = try Self.folder()
    let twice = try names([ImageSource(.file("p/b.png")), ImageSource(.folder("p"))], in: folder)
    #expect(twice == [folder.path + "/p/b.png", "a.JPG", folder.path + "/p/b.png (2)"])
  }

  @Test func whatIsMissingIsSaidWithItsLine() throws {
    let folder = try Self.folder()
    func complaint(_ images: String) -> String {
      do {
        let text = "name: e\nmodels: m\nmethods: gradient\nmetrics: sparseness\nimages:\n- " + images
        let experiment = try Experiment(parsing: text, file: "e.yaml", catalogs: standardCatalogs)
        _ = try ImageSet(experiment.images, folder: folder.path, seed: 0)
        return "none"
      } catch {
        return "\(error)".replacingOccurrences(of: folder.path, with: "F")
      }
    }
    #expect(
      complaint("scenes-tset")
        == "e.yaml:6: scenes-tset: no such folder, and no bundled set of images has the name; did you mean "
        + "\"scenes-test\"? (bundled: scenes-test, scenes-hans)")
    #expect(complaint("c.png") == "e.yaml:6: F/c.png: no such file or folder, wanted a picture")
    #expect(complaint("p/*.gif") == "e.yaml:6: F/p/*.gif: no file matches the pattern")
    #expect(complaint("p/*.txt") == "e.yaml:6: F/p/*.txt: 1 files match the pattern, none is a PNG or JPEG")
    #expect(
      complaint("t")
        == "e.yaml:6: F/t: the folder holds no PNG or JPEG; for a folder for each class, write classes: F/t")
    #expect(complaint("{ classes: p }") == "e.yaml:6: F/p: holds no folders, wanted one for each class")
    #expect(complaint("p[0..<9]") == "e.yaml:6: 0..<9: the source has 2 images only")
    #expect(
      complaint("{ coco: p }")
        == "e.yaml:6: F/p: found a directory, wanted COCO annotations in JSON; name a file in it")
    #expect(
      complaint("coco: p/notes.txt\n  images: pictures\n  sample: 0")
        == "e.yaml:8: found \"0\", wanted a whole number of at least 1")
    #expect(complaint("coco: p/notes.txt\n  images: pictures") == "e.yaml:7: pictures: no such folder")
    #expect(
      complaint("voc: p\n  images: p\n  segmentation: masks") == "e.yaml:8: masks: no such folder")
    try folder.write(COCOImagesTests.json, to: "p/annotations.json")
    #expect(
      complaint("coco: p/annotations.json\n  images: t")
        == "e.yaml:7: F/t/b.png: no such file, and none of the source's 2 images exists; give the folder of the "
        + "images (images: ...)")
    #expect(complaint("coco: p/annotations.json") == "none", "one of two is there")
    #expect(complaint("{ voc: p/a.JPG }") == "e.yaml:6: F/p/a.JPG: found a file, wanted a folder")
  }
}

@Suite struct ClassNamesTests {
  static func model(labels: [String]?, classes: Int) throws -> Model {
    var graph = Graph()
    let input = try graph.addInput(named: "in", shape: [classes])
    let output = try graph.add(Flatten(), named: "out", inputs: [input])
    return Model(name: "m", graph: graph, input: input, output: output, labels: labels)
  }

  @Test func namesDecideBeforePositions() throws {
    let names = ClassNames(["cat", "dog", "unicorn"])
    let labelled = try Self.model(labels: ["hound, dog", "tabby, cat", "ox"], classes: 3)
    #expect(names.indices(in: labelled) == ["cat": 1, "dog": 0])
  }

  @Test func foldersOfNumbersGoByTheirOrder() throws {
    let names = ClassNames(["n01", "n02"])
    #expect(
      names.indices(in: try Self.model(labels: ["tench", "goldfish"], classes: 2)) == ["n01": 0, "n02": 1])
    #expect(names.indices(in: try Self.model(labels: nil, classes: 2)) == ["n01": 0, "n02": 1])
    #expect(names.indices(in: try Self.model(labels: nil, classes: 3)).isEmpty)
  }
}
