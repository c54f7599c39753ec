import Foundation
import Testing

@testable import ModelLibrary

@Suite struct ModelSourceTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func source(_ name: String) throws -> ModelSource { try ModelSource(folder.path + "/" + name) }

  @Test func aFileAloneHasNoCard() throws {
    try folder.write("", to: "net.h5")
    let found = try source("net.h5")
    #expect(found.path == folder.path + "/net.h5")
    #expect(found.cardPath == nil)
    #expect(found.card == ModelCard())
  }

  @Test func aCardOfItsOwnNameComesFirst() throws {
    try folder.write("", to: "net.h5")
    try folder.write("name: shared", to: "model.yaml")
    try folder.write("name: own", to: "net.yaml")
    #expect(try source("net.h5").card.name == "own")
  }

  @Test func aSharedCardIsAboutTheFileItNames() throws {
    try folder.write("", to: "net.h5")
    try folder.write("", to: "other.h5")
    try folder.write("name: shared\nweights: net.h5", to: "model.yaml")
    #expect(try source("net.h5").card.name == "shared")
    #expect(try source("other.h5").card == ModelCard(), "a guess would be silently wrong")
  }

  @Test func aSharedCardWithoutANameIsAboutTheOnlyModel() throws {
    try folder.write("", to: "net.h5")
    try folder.write("name: shared", to: "model.yaml")
    #expect(try source("net.h5").card.name == "shared")
    try folder.write("", to: "other.h5")
    #expect(
      message { _ = try source("net.h5") }
        == "\(folder.path)/model.yaml: found 2 models beside it (net.h5, other.h5), and it does not say which it is about; "
        + "add \"weights: net.h5\" to it or name it net.yaml")
  }

  @Test func aFolderOrACardStandsForItsWeights() throws {
    try folder.write("weights: net.h5", to: "model.yaml")
    #expect(try ModelSource(folder.path).path == folder.path + "/net.h5")
    #expect(try source("model.yaml").path == folder.path + "/net.h5")
    try folder.write("name: x", to: "model.yaml")
    #expect(
      message { _ = try ModelSource(folder.path) }
        == "\(folder.path)/model.yaml: the key \"weights\" is missing: which file is the model?")
  }

  @Test func whatIsNoRegularFile() throws {
    let (pipe, link) = (folder.path + "/pipe.h5", folder.path + "/link.h5")
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(
      message { _ = try ModelSource(pipe) }
        == "\(pipe): found a named pipe, which is not a regular file; wanted a Keras model file; save its content to a file first"
    )
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "gone.h5")
    #expect(
      message { _ = try ModelSource(link) }
        == "\(link): found a link to \"gone.h5\", which does not exist; wanted a Keras model file; correct the link"
    )
    try folder.write("", to: "net.h5")
    #expect(mkfifo(folder.path + "/net.yaml", 0o600) == 0)
    #expect(
      message { _ = try source("net.h5") }.hasPrefix(
        "\(folder.path)/net.yaml: found a named pipe, which is not a regular file; wanted a text file"))
  }

  @Test func folderWithoutACard() {
    #expect(
      message { _ = try ModelSource(folder.path) }
        == "\(folder.path): found a directory without a model.yaml, wanted a Keras model file; name the file in it"
    )
  }

  @Test func missingFileWithANearOne() throws {
    try folder.write("", to: "squeezenet.h5")
    #expect(
      message { _ = try source("sqeezenet.h5") }.hasPrefix(
        "\(folder.path)/sqeezenet.h5: no such file, and no bundled model of this name; "
          + "did you mean \"\(folder.path)/squeezenet.h5\"?"))
  }
}
