import Foundation
import Testing

/// What the guides point to is there.
@Suite struct GuidesTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The repository's Markdown files for readers.
  static let pages: [String] = {
    let folders = ["", "Guides", "Examples/MyMethod", "Examples/MyMetric", "Examples/Comparison"]
    return folders.flatMap { folder in
      let path = root.appendingPathComponent(folder).path
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
      return names.filter { $0.hasSuffix(".md") }.sorted().map { folder.isEmpty ? $0 : folder + "/" + $0 }
    }
  }()

  @Test(arguments: pages)
  func everyLinkToAFileLeadsSomewhere(_ page: String) throws {
    let url = Self.root.appendingPathComponent(page)
    let text = try String(contentsOf: url, encoding: .utf8)
    for match in text.matches(of: #/\]\(([^)#\s]+)/#) {
      let link = String(match.1)
      if link.hasPrefix("http") { continue }
      let target = url.deletingLastPathComponent().appendingPathComponent(link).standardizedFileURL
      #expect(FileManager.default.fileExists(atPath: target.path), "\(page) links to \(link)")
    }
  }

  /// The guide shows the files of an example that continuous integration builds and runs.
  @Test func theGuideToTheLibraryShowsTheExampleAsItIs() throws {
    func text(_ path: String) throws -> String {
      try String(contentsOf: Self.root.appendingPathComponent(path), encoding: .utf8)
    }
    let shown = try text("Guides/UsingTheLibrary.md").matches(of: #/(?s)```swift\n(.*?)```/#).map(\.1)
      .flatMap { $0.split(separator: "\n") }
    let sources = "Examples/Comparison/Sources/comparison"
    let files = [
      "Examples/Comparison/Package.swift", "\(sources)/main.swift", "\(sources)/InsideOverOutside.swift",
    ]
    let wanted = try files.flatMap { try text($0).split(separator: "\n").map(String.init) }
    #expect(shown.map(String.init).starts(with: wanted))
  }

  @Test func noFileButTheBuildScriptNamesTheFolderOfExtraTestData() throws {
    for folder in ["Sources", "Tests", "Scripts", "Experiments", "Guides"] {
      let files = try #require(
        FileManager.default.enumerator(atPath: Self.root.appendingPathComponent(folder).path))
      for case let file as String in files
      where ["swift", "md", "sh", "py", "yaml", "c", "h"].contains((file as NSString).pathExtension) {
        let path = Self.root.appendingPathComponent("\(folder)/\(file)")
        #expect(
          !(try String(contentsOf: path, encoding: .utf8)).contains("../" + "shared"), "\(folder)/\(file)")
      }
    }
  }

  @Test func theGuidesAreFound() { #expect(Self.pages.contains("Guides/WritingAMethod.md")) }
}
