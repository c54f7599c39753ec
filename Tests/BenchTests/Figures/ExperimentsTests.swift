import Foundation
import Methods
import SaliencyCore
import Testing

@testable import Bench

/// What is committed in Experiments.
@Suite struct ExperimentsTests {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
    .appendingPathComponent("Experiments").path

  static let folders: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? [])
    .filter { FileManager.default.fileExists(atPath: "\(root)/\($0)/experiment.yaml") }.sorted()

  private static let catalogs = Catalogs(methods: .standard)

  static let papers = PaperExperiments.all(in: root, catalogs: catalogs).map(\.name)

  @Test func thereAreTenPapersFigures() { #expect(Self.papers.count == 10) }

  @Test func theProgramFindsThemAll() {
    #expect(PaperExperiments.all(catalogs: Self.catalogs).map(\.name) == Self.papers)
  }

  @Test(arguments: folders)
  func everyExperimentCanBeRead(_ folder: String) throws {
    let path = "\(Self.root)/\(folder)/experiment.yaml"
    // What is filled in from the environment may be anything here.
    let text = try String(contentsOfFile: path, encoding: .utf8).replacing(#/\$\{(\w+)\}/#) { $0.1 }
    let experiment = try Experiment(parsing: text, file: path, catalogs: Self.catalogs)
    #expect(experiment.name == folder)
    #expect(try Experiment(canonical: experiment.canonicalJSON, catalogs: Self.catalogs) == experiment)
  }

  /// Every figure that is declared is there, and its page and the gallery show it; nothing else lies in the folder.
  @Test(arguments: papers)
  func everyFigureIsCommittedAndShown(_ folder: String) throws {
    let path = "\(Self.root)/\(folder)"
    let figures = try Experiment(contentsOf: "\(path)/experiment.yaml", catalogs: Self.catalogs).figureNames
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
