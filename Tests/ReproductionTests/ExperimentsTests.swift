import Bench
import Foundation
import Methods
import SaliencyCore
import Testing

@testable import Reproduction

/// What is committed in Experiments.
@Suite struct ExperimentsTests {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Experiments").path

  static let folders: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? [])
    .filter { FileManager.default.fileExists(atPath: "\(root)/\($0)/experiment.yaml") }.sorted()

  static let reproductions = folders.filter { Reproduction.isDeclared(by: "\(root)/\($0)/experiment.yaml") }

  private static let catalogs = Catalogs(methods: .standard)

  @Test func thereAreTenPapersFigures() { #expect(Self.reproductions.count == 10) }

  @Test func theProgramFindsThemAll() { #expect(Shelf.names == Self.reproductions) }

  @Test(arguments: folders)
  func everyExperimentCanBeRead(_ folder: String) throws {
    let path = "\(Self.root)/\(folder)/experiment.yaml"
    if Self.reproductions.contains(folder) {
      #expect(try Reproduction(contentsOf: path, catalogs: Self.catalogs).name == folder)
    } else {
      // What is filled in from the environment may be anything here.
      let text = try String(contentsOfFile: path, encoding: .utf8).replacing(#/\$\{(\w+)\}/#) { $0.1 }
      _ = try Experiment(parsing: text, file: path, catalogs: Self.catalogs)
    }
  }

  /// Every figure that is declared is there, and its page and the gallery show it; nothing else lies in the folder.
  @Test(arguments: reproductions)
  func everyFigureIsCommittedAndShown(_ folder: String) throws {
    let path = "\(Self.root)/\(folder)"
    let figures = try Reproduction(contentsOf: "\(path)/experiment.yaml", catalogs: Self.catalogs).figureNames
    let files = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    let page = try String(contentsOfFile: "\(path)/README.md", encoding: .utf8)
    let gallery = try String(contentsOfFile: "\(Self.root)/../Guides/Gallery.md", encoding: .utf8)
    for file in files where file.hasSuffix(".png") {
      #expect(page.contains("](\(file))"), "\(folder)/README.md does not show \(file)")
      #expect(
        gallery.contains("(../Experiments/\(folder)/\(file))"), "the gallery does not show \(folder)/\(file)")
      let size = try FileManager.default.attributesOfItem(atPath: "\(path)/\(file)")[.size] as? Int
      #expect(size ?? 0 < 320_000, "\(folder)/\(file) is large")
    }
    for figure in figures {
      #expect(files.contains { $0.hasPrefix(figure) }, "\(folder)/\(figure) is not committed")
    }
    for file in files where !["experiment.yaml", "README.md"].contains(file) {
      #expect(figures.contains { file.hasPrefix($0) }, "\(folder)/\(file) belongs to no figure")
      #expect(["png", "csv", "md"].contains((file as NSString).pathExtension), "\(folder)/\(file)")
    }
  }
}
