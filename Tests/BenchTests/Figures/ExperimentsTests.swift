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

  /// Every committed experiment, as `papers/zhou-2016`.
  static let folders: [String] = ["benchmarks", "papers", "demos"].flatMap { kind in
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(kind)")) ?? []).map { "\(kind)/\($0)" }
  }.sorted()

  private static let catalogs = Catalogs(methods: .standard)

  /// The folder of an experiment with figures, by its name.
  static func folder(of name: String) -> String {
    "\(root)/\(folders.first { $0.hasSuffix("/\(name)") } ?? name)"
  }

  static let papers = PaperExperiments.all(in: ["\(root)/papers", "\(root)/demos"], catalogs: catalogs).map(
    \.name)

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
    #expect(experiment.name == (folder as NSString).lastPathComponent)
    #expect(try Experiment(canonical: experiment.canonicalJSON, catalogs: Self.catalogs) == experiment)
  }

  /// Every figure that is declared is there, and its page and the gallery show it; nothing else lies in the folder.
  @Test(arguments: papers)
  func everyFigureIsCommittedAndShown(_ name: String) throws {
    let path = Self.folder(of: name)
    let folder = String(path.dropFirst(Self.root.count + 1))
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
