import Foundation

/// Debian's chromium without a screen.
enum Browser {
  static let path = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  struct Page {
    /// The document as it stands in the end.
    let document: String
    /// What the browser wrote to its log: console messages among it.
    let log: String
  }

  /// Opens a file and lets its scripts run.
  static func open(_ file: String, width: Int = 1200, height: Int = 900) throws -> Page {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path ?? "")
    let profile = NSTemporaryDirectory() + "browser-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: profile) }
    process.arguments = [
      "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
      "--user-data-dir=\(profile)", "--window-size=\(width),\(height)", "--enable-logging=stderr",
      "--virtual-time-budget=20000", "--dump-dom", "file://\(file)",
    ]
    let scratch = NSTemporaryDirectory() + "browser-out-" + UUID().uuidString
    _ = FileManager.default.createFile(atPath: scratch + ".out", contents: nil)
    _ = FileManager.default.createFile(atPath: scratch + ".err", contents: nil)
    defer {
      try? FileManager.default.removeItem(atPath: scratch + ".out")
      try? FileManager.default.removeItem(atPath: scratch + ".err")
    }
    process.standardOutput = FileHandle(forWritingAtPath: scratch + ".out")
    process.standardError = FileHandle(forWritingAtPath: scratch + ".err")
    try process.run()
    process.waitUntilExit()
    func text(_ suffix: String) -> String {
      String(decoding: FileManager.default.contents(atPath: scratch + suffix) ?? Data(), as: UTF8.self)
    }
    return Page(document: text(".out"), log: text(".err"))
  }
}
