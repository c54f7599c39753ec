import Foundation
import SaliencyCore
import Testing

@testable import Bench

@Suite struct XMLReaderTests {
  private func events(_ text: String) throws -> [XMLReader.Event] { try events(Data(text.utf8)) }

  private func events(_ data: Data) throws -> [XMLReader.Event] {
    var reader = try XMLReader([UInt8](data))
    var found: [XMLReader.Event] = []
    while let event = try reader.next() { found.append(event) }
    return found
  }

  private func problem(_ text: String) -> String {
    do {
      return "no error: \(try events(text))"
    } catch {
      return
        "\((error as? XMLReader.Problem)?.line ?? 0) \((error as? XMLReader.Problem)?.words ?? "\(error)")"
    }
  }

  @Test func elementsAndTextComeInOrder() throws {
    let text = """
      \u{FEFF}<?xml version="1.0" encoding="utf-8"?>
      <!-- made by hand <a> -->
      <a one='1 > 0' two = "x"><b/>x &lt;&amp;&#65;&#x42; &quot;<![CDATA[<raw> & ]]></a >
      <!-- end -->
      """
    #expect(
      try events(text) == [
        .start("a"), .start("b"), .end("b"), .text("x <&AB \""), .text("<raw> & "), .end("a"),
      ])
  }

  @Test func otherEncodings() throws {
    let latin = Data("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>".utf8) + [0xE9] + Data("</a>".utf8)
    #expect(try events(latin) == [.start("a"), .text("é"), .end("a")])
    #expect(
      throws: XMLReader.Problem(line: 1, words: "found bytes that are no UTF-8; convert the file to UTF-8")
    ) {
      try events(Data([0xFF, 0xFE, 0x3C, 0x00]))
    }
  }

  @Test func whatIsNotWellFormedIsSaidWithItsLine() {
    for (text, expected) in [
      ("", "1 found no element"), ("x", "1 found text outside of the root element"),
      ("<a>\n<b></a>", "2 found </a>, expected </b>"), ("<a>\n", "2 the file ends inside <a>"),
      ("</a>", "1 found </a>, expected no end"), ("<a/><b/>", "1 found a second root element, <b>"),
      ("<a>&x;</a>", "1 found an & that begins no known entity; write &amp;"),
      ("<a>&#xD800;</a>", "1 found an & that begins no known entity; write &amp;"),
      ("<a b></a>", "1 found an attribute without a value in <a>"),
      ("<a b=c></a>", "1 found an attribute without quotes in <a>"), ("<1/>", "1 found a tag without a name"),
      ("<a \u{1}/>", "1 found a tag without a name"),
      ("<a><!-- ", "1 found no --> before the end of the file"),
    ] { #expect(problem(text) == expected) }
    #expect(
      problem(String(repeating: "<a>", count: 100_000)).contains(
        "found more than 64 elements inside each other"))
  }

  @Test func entitiesOfADocumentTypeAreNeverRead() {
    for text in [
      "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
      "<!DOCTYPE a [<!ENTITY x 'lol'><!ENTITY y '&x;&x;&x;'>]><a>&y;</a>",
    ] { #expect(problem(text) == "1 found a document type (<!...>), which is not read; delete it") }
  }

  /// Bytes changed, removed, doubled: an error or a document, and an end.
  @Test func noBytesAreACrash() throws {
    let folder = try TemporaryFolder()
    let whole = Array(VOCImagesTests.xml.utf8)
    let random = CounterRandom(seed: 25)
    for mutant in 0..<3_000 {
      var bytes = whole
      for change in 0...(mutant % 4) {
        let draw = mutant * 16 + change * 4
        let place = random.integer(below: bytes.count, at: draw)
        switch random.integer(below: 4, at: draw + 1) {
        case 0: bytes.remove(at: place)
        case 1: bytes.insert(UInt8(random.integer(below: 256, at: draw + 2)), at: place)
        case 2: bytes.removeSubrange(place..<min(place + 40, bytes.count))
        default: bytes[place] = UInt8(random.integer(below: 256, at: draw + 2))
        }
      }
      try folder.write(Data(bytes), to: "a/one.xml")
      do {
        _ = try VOCImages.read(folder.path + "/a", images: nil, segmentation: nil)
      } catch {
        #expect(error.path == folder.path + "/a/one.xml")
      }
    }
  }
}
