import Imaging
import Testing

@testable import ModelLibrary

@Suite struct ModelCardTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func everyKeyIsRead() throws {
    try folder.write("tench\ngoldfish\n", to: "labels.txt")
    let path = try folder.write(
      """
      name: SqueezeNet 1.1
      description: two classes
      weights: net.h5
      architecture: net.json
      input-size: [227, 220]
      preprocessing: caffe(104, 117, 123)
      resize: bilinear
      fit: center-crop
      labels: labels.txt
      output: predictions
      layer: fire9_concat
      citation: Iandola 2016
      training: { seed: 7, accuracy: 0.97 }
      """, to: "model.yaml")
    let card = try ModelCard(contentsOf: path)
    #expect(card.name == "SqueezeNet 1.1")
    #expect(card.description == "two classes")
    #expect(card.weights == "net.h5")
    #expect(card.architecture == "net.json")
    #expect(card.inputSize == InputSize(height: 227, width: 220))
    #expect(card.preprocessing == .caffe(means: [104, 117, 123]))
    #expect(card.resampling == .bilinear)
    #expect(card.fit == .centerCrop)
    #expect(card.labels == ["tench", "goldfish"])
    #expect(card.output == "predictions")
    #expect(card.layer == "fire9_concat")
    #expect(card.citation == "Iandola 2016")
    #expect(card.training.map(\.name) == ["seed", "accuracy"])
    #expect(card.training.map(\.value) == ["7", "0.97"])
  }

  @Test func anEmptyCardSaysNothing() throws {
    #expect(try ModelCard(contentsOf: folder.write("name:\n", to: "model.yaml")) == ModelCard())
  }

  @Test(arguments: [
    ("labels: [a, b]", ["a", "b"]), ("labels: ['0', \"null\"]", ["0", "null"]),
    ("labels: [1, 2.50]", ["1", "2.50"]),
  ])
  func labelsInline(text: String, labels: [String]) throws {
    #expect(try ModelCard(contentsOf: folder.write(text, to: "model.yaml")).labels == labels)
  }

  @Test(arguments: [
    ("227", 227, 227), ("227x220", 227, 220), ("\"96 x 64\"", 96, 64), ("[10, 20]", 10, 20),
  ])
  func sizes(text: String, height: Int, width: Int) throws {
    let card = try ModelCard(contentsOf: folder.write("input-size: \(text)", to: "model.yaml"))
    #expect(card.inputSize == InputSize(height: height, width: width))
  }

  @Test(arguments: [
    (
      "name: a\nlabel: [x]",
      ":2: unknown key \"label\"; did you mean \"labels\" or \"layer\"? (known: name, description, weights, "
        + "architecture, input-size, preprocessing, resize, fit, labels, input, output, layer, citation, training)"
    ),
    (
      "\npreprocessing: cafe",
      ":2: preprocessing \"cafe\": no such form; did you mean \"caffe\"?; wanted none, unit, tf, "
        + "caffe, torch, rescaling, with numbers as in caffe(104,117,123)"
    ),
    (
      "input-size: [1, 2, 3]",
      ":1: found a list of 3, wanted a size in pixels such as 227, 227x227 or [227, 227]"
    ),
    (
      "input-size: [0, 2]",
      ":1: found a list of 2, wanted a size in pixels such as 227, 227x227 or [227, 227]"
    ),
    ("input-size: big", ":1: found \"big\", wanted a size in pixels such as 227, 227x227 or [227, 227]"),
    ("fit: crop", ":1: found \"crop\", wanted stretch, center-crop"),
    ("labels:\n  - a\n  - [b]", ":3: found a list of 1, wanted a text"),
  ])
  func mistakesAreNamedWithTheirLine(text: String, complaint: String) throws {
    let path = try folder.write(text, to: "model.yaml")
    #expect(message { _ = try ModelCard(contentsOf: path) } == path + complaint)
  }

  @Test func aMissingFileOfLabelsIsNamedWithTheCardsLine() throws {
    let path = try folder.write("name: a\nlabels: labels.txt", to: "model.yaml")
    #expect(
      message { _ = try ModelCard(contentsOf: path) }
        == "\(path):2: the file of labels: \(folder.path)/labels.txt: no such file; wanted a text file; check the path"
    )
  }
}
