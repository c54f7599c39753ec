import Foundation
import SaliencyCore
import Testing

@testable import Support

@Suite struct EnclosingFolderTests {
  @Test(arguments: [
    ("a", ""), ("-", ""), ("é", ""), ("ab", ""), ("", ""), ("/", "/"), ("//", "/"), ("/a", "/"), ("a/", ""),
    ("a/b", "a"),
    ("a/b/", "a"), ("/a/b", "/a"), ("a//b", "a"), ("./b", "."), ("../b", ".."),
    ("long/path/file.h5", "long/path"),
  ])
  func isTheFolderOfTheFile(path: String, folder: String) {
    #expect(path.enclosingFolder == folder)
  }

  /// Foundation says the same where it does not crash.
  @Test(arguments: [
    "ab", "abc/", "ab/cd", "ab/cd/", "/ab", "/ab/cd", "/", "", "ab//cd", "./ab", "../ab", "a b/c d.png",
  ])
  func agreesWithFoundation(path: String) {
    #expect(path.enclosingFolder == (path as NSString).deletingLastPathComponent)
  }
}
