import Testing

@testable import ModelLibrary

@Suite struct ClassLabelsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func labels(_ text: String) throws -> [String] {
    try ClassLabels.read(folder.write(text, to: "labels.txt"))
  }

  @Test func oneALine() throws {
    #expect(try labels("tench, Tinca tinca\r\n goldfish \n\n") == ["tench, Tinca tinca", "goldfish"])
  }

  @Test func numbersInFrontAreDroppedWhereTheyCountTheLines() throws {
    #expect(try labels("0 Rock\n1 Paper\n") == ["Rock", "Paper"])
    #expect(try labels("1 Rock\n2 Paper\n") == ["1 Rock", "2 Paper"])
    #expect(try labels("0\n1\n2\n") == ["0", "1", "2"], "digits as names")
  }

  @Test func kerasClassIndex() throws {
    #expect(
      try labels("{\"1\": [\"n01443537\", \"goldfish\"], \"0\": [\"n01440764\", \"tench\"]}") == [
        "tench", "goldfish",
      ])
    #expect(try labels("{\"0\": \"tench\"}") == ["tench"])
  }

  @Test(arguments: [
    ("", ": found an empty file, wanted one class name a line"),
    ("a\n\nb\n", ":2: found an empty line, wanted one class name a line"),
    ("{\"0\": ", ": found no JSON, wanted one class name a line, or {\"0\": \"name\", ...}"),
    ("{\"1\": \"a\"}", ": no name for class 0, wanted one class name a line, or {\"0\": \"name\", ...}"),
    ("{\"0\": []}", ": no name for class 0, wanted one class name a line, or {\"0\": \"name\", ...}"),
    ("a\0b", ": found no UTF-8 text, wanted a text file; check the path"),
  ])
  func mistakes(text: String, complaint: String) {
    #expect(message { _ = try labels(text) } == folder.path + "/labels.txt" + complaint)
  }
}
