import SaliencyCore
import Testing

@testable import Configuration

/// Catalogs set up named things from text; the sentences when that fails are what users see.
@Suite struct CatalogTests {
  /// Something with a parameter of each kind.
  private struct Probe: SaliencyMethod {
    enum Mode: String, Sendable, Codable, CaseIterable {
      case mean
      case meanSquare = "mean-square"
    }

    static let descriptor = MethodDescriptor("probe", title: "Probe", family: .control, paper: "none")
    var count = 3
    var scale: Float = 0.15
    var seed: UInt64 = 0
    var isOn = false
    var mode = Mode.mean
    var word = "plain"
    var limit: Int?
    var sizes = [1, 2]
    var base = AnyMethod(Plain())

    func validate() throws { try Self.require("count", count, in: 1...10) }
    func attribution(for request: AttributionRequest) throws -> Attribution { Attribution(request.inputs) }
  }

  private struct Plain: SaliencyMethod {
    static let descriptor = MethodDescriptor("plain", title: "Plain", family: .control, paper: "none")
    func attribution(for request: AttributionRequest) throws -> Attribution { Attribution(request.inputs) }
  }

  private let catalog = MethodCatalog([Probe.self, Plain.self])

  private func probe(_ text: String) throws -> Probe { try #require(try catalog.parse(text) as? Probe) }

  @Test func parametersAreSetOverTheDefaults() throws {
    let probe = try probe(
      "probe(count=7, scale=1, seed=9, isOn=true, mode=mean-square, word=two words, limit=4, sizes=[5], base=plain)"
    )
    #expect(probe.count == 7)
    #expect(probe.scale == 1)
    #expect(probe.seed == 9)
    #expect(probe.isOn)
    #expect(probe.mode == .meanSquare)
    #expect(probe.word == "two words")
    #expect(probe.limit == 4)
    #expect(probe.sizes == [5])
    #expect(try self.probe("probe(scale=0.25)").count == 3)
    #expect(try self.probe("probe(base=probe(count=5))").base.method is Probe)
  }

  @Test(
    arguments: [
      ("prob", "no method is called \"prob\"; did you mean \"probe\"? (known: probe, plain)"),
      ("zzzzzzzz", "no method is called \"zzzzzzzz\" (known: probe, plain)"),
      (
        "probe(counts=1)",
        "probe has no parameter \"counts\"; did you mean \"count\"? (it has base, count, isOn, limit, mode, scale, seed, "
          + "sizes, word)"
      ),
      ("plain(x=1)", "plain has no parameter \"x\" (it has none)"),
      ("probe(count=two)", "probe: count: found \"two\", expected a whole number"),
      ("probe(count=2.5)", "probe: count: found 2.5, expected a whole number"),
      ("probe(count=99999999999999999999)", "probe: count: found 1e+20, expected a whole number"),
      ("probe(count=0)", "probe: count: found 0, expected at least 1"),
      ("probe(scale=wide)", "probe: scale: found \"wide\", expected a number"),
      ("probe(scale=nan)", "probe: scale: found \"nan\", expected a number"),
      ("probe(seed=-1)", "probe: seed: found -1, expected a whole number from 0 to 9223372036854775807"),
      ("probe(isOn=1)", "probe: isOn: found 1, expected true or false"),
      (
        "probe(mode=mean-sqare)",
        "probe: mode: found \"mean-sqare\", expected one of mean, mean-square; did you mean \"mean-square\"?"
      ),
      ("probe(mode=3)", "probe: mode: found 3, expected one of mean, mean-square"),
      ("probe(word=3)", "probe: word: found 3, expected a word"),
      ("probe(limit=x)", "probe: limit: found \"x\", expected a whole number"),
      ("probe(sizes=[1, x])", "probe: sizes: found [1, x], expected a whole number"),
      ("probe(base=plane)", "no method is called \"plane\"; did you mean \"plain\"? (known: probe, plain)"),
      ("probe(base=probe(count=0))", "probe: count: found 0, expected at least 1"),
      ("probe(base=[1])", "cannot read \"[1]\": expected a method's name, or one name with its parameters"),
      ("probe(count=1)(", "cannot read \"probe(count=1)(\": found \"(\", expected \",\""),
    ])
  func mistakesAreNamed(_ text: String, _ sentence: String) {
    let error = #expect(throws: ConfigurationError.self) { try catalog.parse(text) }
    #expect(error?.description == sentence)
  }

  @Test func treesAreReadToo() throws {
    let tree = ParameterTree.map(["probe": .map(["count": .integer(4)])])
    #expect((try catalog.make(tree) as? Probe)?.count == 4)
    #expect(try catalog.make(.map(["plain": .null])) is Plain)
    let two = ParameterTree.map(["probe": .null, "plain": .null])
    let error = #expect(throws: ConfigurationError.self) { try catalog.make(two) }
    #expect(error?.description.hasSuffix("expected a method's name, or one name with its parameters") == true)
    let infinite = ParameterTree.map(["probe": .map(["scale": .number(.infinity)])])
    let refused = #expect(throws: ConfigurationError.self) { try catalog.make(infinite) }
    #expect(refused?.description == "probe: scale: found inf, expected a finite number")
  }

  @Test func listsKeepTheirOrder() throws {
    let list = try catalog.parseList("plain, probe(count=2), plain")
    #expect(list.map { type(of: $0).identifier } == ["plain", "probe", "plain"])
  }

  @Test func aLabelHoldsWhatDiffersFromTheDefaults() throws {
    #expect(Plain().label == "plain")
    #expect(Probe().label == "probe")
    let probe = try probe("probe(mode=mean-square, count=7, scale=0.15)")
    #expect(probe.label == "probe(count=7, mode=mean-square)")
  }

  /// What is written is read back as the same thing: the label, and the full configuration.
  @Test func labelsAndConfigurationsAreReadBack() throws {
    let texts = [
      "probe", "plain", "probe(count=7)", "probe(word=\"a, b\")", "probe(word=\"3\", limit=4)",
      "probe(base=probe(base=plain, scale=0.1), sizes=[])",
    ]
    for text in texts {
      let method = try catalog.parse(text)
      #expect(try catalog.parse(method.label).canonicalJSON == method.canonicalJSON, "\(text)")
      #expect(try catalog.make(method.configuration).canonicalJSON == method.canonicalJSON, "\(text)")
      #expect(
        try catalog.parse(method.configuration.description).canonicalJSON == method.canonicalJSON, "\(text)")
    }
  }

  /// The key of stored results: it must not change with the order of words, and must change with every value.
  @Test func canonicalJSONIsStable() throws {
    #expect(
      Probe().canonicalJSON
        == #"{"probe":{"base":"plain","count":3,"isOn":false,"mode":"mean","scale":0.15,"seed":0,"sizes":[1,2],"word":"plain"}}"#
    )
    #expect(
      try probe("probe(seed=1, count=2)").canonicalJSON == probe("probe(count=2, seed=1)").canonicalJSON)
    var keys = Set([Probe().canonicalJSON])
    for change in [
      "count=4", "scale=0.1500001", "seed=1", "isOn=true", "mode=mean-square", "word=x", "limit=0",
      "sizes=[2, 1]",
    ] {
      #expect(keys.insert(try probe("probe(\(change))").canonicalJSON).inserted, "\(change)")
    }
    // Set from code to what no file can say, a parameter still shows, and the others with it.
    var infinite = Probe()
    infinite.scale = .infinity
    #expect(infinite.canonicalJSON.contains(#""scale":"infinity""#))
    #expect(infinite.canonicalJSON.contains(#""count":3"#))
  }

  @Test func aCatalogCanBeExtended() throws {
    let small = MethodCatalog([Plain.self])
    #expect(small.identifiers == ["plain"])
    #expect(small.adding(Probe.self).identifiers == ["plain", "probe"])
    #expect(try small.adding(Probe.self)("probe") is Probe)
    #expect(small.adding(Probe.self).descriptors.map(\.title) == ["Plain", "Probe"])
  }
}
