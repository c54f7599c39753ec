internal import Foundation

/// Reading of small text files: sidecars, lists of labels.
enum TextFile {
  /// Larger files are no text of this kind: somebody gave the weights instead.
  private static let sizeLimit = 16 << 20

  /// The whole file as text.
  ///
  /// - Throws: `YAMLError` without a line where there is no such file, it is a folder, or holds no UTF-8 text.
  static func contents(of path: String) throws(YAMLError) -> String {
    func fail(_ problem: String) -> YAMLError { YAMLError(file: path, line: nil, problem) }
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw fail("no such file; wanted a text file; check the path")
    }
    guard !isDirectory.boolValue else { throw fail("found a directory, wanted a text file") }
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw fail("cannot be read (\(String(cString: strerror(errno)))); wanted a text file")
    }
    guard let data = try? file.read(upToCount: sizeLimit + 1) ?? Data() else {
      throw fail("cannot be read; wanted a text file")
    }
    guard data.count <= sizeLimit else { throw fail("found more than 16 MB, wanted a text file") }
    guard let text = String(data: data, encoding: .utf8), !text.contains("\0") else {
      throw fail("found no UTF-8 text, wanted a text file; check the path")
    }
    return text
  }
}
