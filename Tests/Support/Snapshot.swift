import Foundation

/// Text that is compared with a file committed beside the tests.
///
/// The file is `Tests/Snapshots/<test target>/<name>`. With `RECORD_SNAPSHOTS=1` in the environment it is written, and
/// the test fails once so that nobody mistakes recording for passing.
///
///     #expect(Snapshot.difference(of: table, from: "methods.txt") == nil)
public enum Snapshot {
  /// What is wrong, in words, or nil where the text is the recorded one.
  public static func difference(
    of text: String, from name: String, testFile: String = #filePath
  ) -> String? {
    let target = URL(fileURLWithPath: testFile).deletingLastPathComponent()
    let folder = target.deletingLastPathComponent()
      .appendingPathComponent("Snapshots").appendingPathComponent(target.lastPathComponent)
    return difference(
      of: text, from: name, in: folder.path,
      recording: ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1")
  }

  /// The same with the folder and the switch given.
  public static func difference(
    of text: String, from name: String, in folder: String, recording: Bool
  ) -> String? {
    let path = folder + "/" + name
    if recording {
      do {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return "recorded \(path); run again without RECORD_SNAPSHOTS"
      } catch {
        return "cannot record \(path): \(error.localizedDescription)"
      }
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      return "there is no \(path); record it with RECORD_SNAPSHOTS=1"
    }
    return firstDifference(String(decoding: data, as: UTF8.self), text, name: name)
  }

  private static func firstDifference(_ recorded: String, _ found: String, name: String) -> String? {
    if recorded == found { return nil }
    let (old, new) = (lines(recorded), lines(found))
    let row =
      zip(old, new).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(old.count, new.count)
    func line(_ text: [Substring]) -> String { row < text.count ? "\"\(text[row])\"" : "the end" }
    return "\(name), line \(row + 1): found \(line(new)), recorded \(line(old))"
  }

  private static func lines(_ text: String) -> [Substring] {
    text.split(separator: "\n", omittingEmptySubsequences: false)
  }
}
