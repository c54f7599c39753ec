import Foundation
import Testing

/// What the guides point to is there.
@Suite struct GuidesTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The repository's Markdown files for readers.
  static let pages: [String] = {
    let folders = ["", "Guides", "Examples/MyMethod"]
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

  @Test func theGuidesAreFound() { #expect(Self.pages.contains("Guides/WritingAMethod.md")) }
}
