import SaliencyCore
import Testing

@testable import Configuration
@testable import ModelLibrary

@Suite struct YAMLValueTests {
  private let text = """
    name: scenes
    size: [96, 96]
    methods:
      - smooth-grad: { samples: 25, base: grad-cam }
      - "true"
    """

  private func message(of text: String, _ body: (YAMLValue) throws -> Void = { _ in }) -> String {
    do {
      try body(try YAMLValue(parsing: text, file: "model.yaml"))
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test func valuesKnowTheirLines() throws {
    let root = try YAMLValue(parsing: text, file: "model.yaml").map(keys: ["name", "size", "methods"])
    #expect(try root["name"]?.text() == "scenes")
    #expect(try root["size"]?.list().map { try $0.integer() } == [96, 96])
    #expect(try root["methods"]?.list().map(\.line) == [4, 5])
    #expect(root["absent"] == nil)
  }

  @Test func parametersReachACatalogAsTheyAre() throws {
    let methods = try YAMLValue(parsing: text, file: "model.yaml").map()["methods"]?.list() ?? []
    #expect(methods.map { "\($0.parameters)" } == ["smooth-grad(base=grad-cam, samples=25)", "\"true\""])
    #expect(methods.last?.parameters == .string("true"), "quotes keep a text a text")
  }

  @Test func unknownKeyNamesLineAndNearest() {
    #expect(
      message(of: "name: a\npreprocesing: tf") { _ = try $0.map(keys: ["name", "preprocessing"]) }
        == "model.yaml:2: unknown key \"preprocesing\"; did you mean \"preprocessing\"? "
        + "(known: name, preprocessing)")
  }

  @Test func wrongTypeNamesLineFoundAndWanted() {
    #expect(
      message(of: "a: 1\nb: many") { _ = try $0.map()["b"]?.integer() }
        == "model.yaml:2: found \"many\", wanted a whole number")
    #expect(
      message(of: "a: \"3\"") { _ = try $0.map()["a"]?.integer() }
        == "model.yaml:1: found \"3\", wanted a whole number")
    #expect(
      message(of: "\n- 1") { _ = try $0.map() } == "model.yaml:2: found a list of 1, wanted keys and values")
    #expect(message(of: "") { _ = try $0.text() } == "model.yaml:1: found nothing, wanted a text")
  }

  @Test func missingKey() {
    #expect(
      message(of: "a: 1") { _ = try $0.map().required("b") }
        == "model.yaml:1: the key \"b\" is missing; add \"b: ...\"")
  }

  @Test func doubledKeysAndBrokenTextAreErrorsWithTheirLine() {
    #expect(message(of: "a: 1\nb: 2\na: 3") == "model.yaml:1: the key \"a\" is given twice in this map")
    #expect(message(of: "a: [1,\nb: 2").hasPrefix("model.yaml:3: this is no YAML: "))
    #expect(!message(of: "a: [1,\nb: 2").contains("\n"))
  }

  @Test func filesThatAreNoText() {
    func message(_ path: String) -> String {
      do {
        _ = try YAMLValue(contentsOf: path)
        return "no error"
      } catch {
        return "\(error)"
      }
    }
    #expect(
      message("/nowhere/model.yaml")
        == "/nowhere/model.yaml: no such file; wanted a text file; check the path")
    #expect(message("/") == "/: found a directory, wanted a text file; name a file in it")
  }

  @Test func whatTheUserSetsIsFilledIn() throws {
    let text = "images: ${PLACE}/pictures\nlist: [\"${A}-${A}\", 3]\nplain: $A {A}\n"
    let root = try YAMLValue(parsing: text, file: "e.yaml").replacingVariables(["PLACE": "/data", "A": "x"])
    let map = try root.map()
    #expect(try map.required("images").text() == "/data/pictures")
    #expect(try map.required("list").list()[0].text() == "x-x")
    #expect(try map.required("list").list()[1].integer() == 3)
    #expect(try map.required("plain").text() == "$A {A}")
    func message(_ text: String) -> String {
      do throws(YAMLError) {
        _ = try YAMLValue(parsing: text, file: "e.yaml").replacingVariables(["EMPTY": ""])
        return "no error"
      } catch {
        return "\(error)"
      }
    }
    #expect(
      message("name: x\nimages: ${IMAGES}\n")
        == "e.yaml:2: ${IMAGES} is not set; write IMAGES=... before the command, or the value here in its place"
    )
    #expect(message("a: ${EMPTY}").hasPrefix("e.yaml:1: ${EMPTY} is not set; "))
    #expect(message("a: ${B") == "e.yaml:1: found \"${B\", wanted a \"}\" after \"${\"")
  }
}
