import SaliencyCore
import Testing

@Suite struct TargetTests {
  private let scores: [Float] = [0.1, 0.7, 0.7, -1]
  private let labels = ["tench, Tinca tinca", "Egyptian cat", "tiger_cat", "crane"]

  @Test func targetsAsUsersWriteThem() {
    #expect(Target(parsing: "top") == .top)
    #expect(Target(parsing: "Top3") == .rank(3))
    #expect(Target(parsing: "least") == .least)
    #expect(Target(parsing: "282") == .index(282))
    #expect(Target(parsing: "-1") == .index(-1))
    #expect(Target(parsing: "tiger cat") == .label("tiger cat"))
    #expect(Target(parsing: "top hat") == .label("top hat"))
    #expect(Target(parsing: "topper") == .label("topper"))
  }

  @Test func aPrefixSaysWhatIsMeant() {
    for target in [Target.rank(2), .least, .index(4), .label("4"), .label("top"), .label("index:4")] {
      #expect(Target(parsing: target.spelling) == target)
    }
    #expect(Target(parsing: "index:four") == .label("index:four"))
  }

  @Test func aNumberOrWordThatIsAlsoALabelIsRefused() throws {
    let numbers = ["top", "least", "4", "1", "0"]
    func read(_ text: String) throws -> Target { try Target(parsing: text, labels: numbers) }
    for text in ["4", "1", "0", "top", "Least"] {
      #expect(throws: TargetError.self) { try read(text) }
      #expect(try read("label:\(text)") == .label(text))
    }
    #expect(try read("top1") == .top)
    #expect(try read("2") == .index(2))
    #expect(try read("index:4") == .index(4))
    #expect(try Target(parsing: "4", labels: nil) == .index(4))
    #expect(
      try Target(parsing: "3", labels: ["0", "1", "2", "3"]) == .index(3), "both readings are one class")
    #expect(try Target(parsing: "7", labels: ["5", "6", "7"]) == .label("7"), "there is no index 7")
    #expect(try Target(parsing: "9", labels: ["5", "6", "7"]) == .index(9), "said when it is resolved")
  }

  @Test func ranksFollowTheScoresAndThenTheOrder() throws {
    let order = try (1...4).map { try Target.rank($0).resolved(scores: scores, labels: nil) }
    #expect(order == [1, 2, 0, 3])
    #expect(try Target.least.resolved(scores: scores, labels: nil) == 3)
  }

  @Test(arguments: [
    ("Egyptian cat", 1), ("tiger cat", 2), ("Tiger-Cat", 2), ("tinca tinca", 0), ("tench", 0),
  ])
  func labelsAreFoundByNameOrSynonym(_ name: String, _ index: Int) throws {
    #expect(try Target.label(name).resolved(scores: scores, labels: labels) == index)
  }

  @Test func functionsOfTargetsAreRead() throws {
    #expect(Target(parsing: "logit(3)") == .logit(.index(3)))
    #expect(Target(parsing: "Probability(tiger cat)") == .probability(.label("tiger cat")))
    #expect(Target(parsing: "nll(top)") == .negativeLogProbability(.top))
    #expect(Target(parsing: "output(0)") == .output(.index(0)))
    #expect(Target(parsing: "position(4, 5, 1)") == .position([4, 5, 1]))
    #expect(Target(parsing: "nll(position(4,5,1))") == .negativeLogProbability(.position([4, 5, 1])))
    #expect(Target(parsing: "difference(crane, top2)") == .difference(.label("crane"), .rank(2)))
    #expect(
      Target(parsing: "difference(0, mean(1, 2), 0.5)")
        == .difference(.index(0), .mean([.index(1), .index(2)]), weight: 0.5))
    #expect(
      Target(parsing: "mean(\"tench, Tinca tinca\", 2)") == .mean([.label("tench, Tinca tinca"), .index(2)]))
    #expect(Target(parsing: "difference(1)") == .label("difference(1)"), "the error is made when it is read")
    #expect(Target(parsing: "crane (bird)") == .label("crane (bird)"))
    #expect(Target.isFunction("mean()") && !Target.isFunction("crane (bird)"))
  }

  @Test func functionsKeepTheirMeaningAsText() {
    let targets: [Target] = [
      .logit(.rank(2)), .probability(.label("tench, Tinca tinca")),
      .negativeLogProbability(.position([1, 2, 3])),
      .output(.index(4)), .difference(.index(1), .label("4"), weight: 0.25),
      .mean([.top, .least, .difference(.index(0), .index(1))]),
    ]
    for target in targets { #expect(Target(parsing: target.spelling) == target, "\(target.spelling)") }
    #expect(Target.difference(.index(1), .label("crane")).text == "difference(1, crane)")
    #expect(Target.difference(.top, .rank(2), weight: 0.5).text == "difference(top, top2, 0.5)")
  }

  @Test(arguments: [
    ("difference(1)", "expected difference(a, b) or difference(a, b, weight)"),
    ("difference(1, 2, three)", "expected difference(a, b) or difference(a, b, weight)"),
    ("position(1, x)", "expected position(y, x, channel), whole numbers from 0"),
    ("position(-1, 0, 0)", "expected position(y, x, channel), whole numbers from 0"),
    ("mean()", "expected mean(a, b, ...)"), ("logit(1, 2)", "expected logit(class)"),
  ])
  func aFunctionThatCannotBeReadIsAnError(_ text: String, _ reason: String) {
    let error = #expect(throws: TargetError.self) { try Target(parsing: text, labels: labels) }
    #expect(error == .malformed(text, reason: reason))
    #expect(error?.description == "target \"\(text)\": \(reason)")
    #expect(sentence(Target(parsing: text), labels) == error?.description, "also if it is resolved first")
  }

  @Test func aNumberInAFunctionMayBeALabel() throws {
    let numbers = ["5", "6", "0"]
    #expect(
      try Target(parsing: "difference(5, index:1)", labels: numbers) == .difference(.label("5"), .index(1)))
    #expect(throws: TargetError.self) { try Target(parsing: "probability(0)", labels: numbers) }
    #expect(try Target(parsing: "mean(a)", labels: ["mean(a)"]) == .label("mean(a)"), "a label as a whole")
  }

  @Test func onlyTargetsOfOneClassHaveAnIndex() throws {
    #expect(try Target.negativeLogProbability(.label("crane")).resolved(scores: scores, labels: labels) == 3)
    #expect(
      sentence(.difference(.top, .index(2)), labels) == "target \"difference(top, 2)\" is no single class")
    #expect(sentence(.position([0, 1]), labels) == "target \"position(0, 1)\" is no single class")
  }

  private func sentence(_ target: Target, _ labels: [String]?) -> String? {
    let error = #expect(throws: TargetError.self) { try target.resolved(scores: scores, labels: labels) }
    return error?.description
  }

  @Test func whatThereIsNotIsSaidInASentence() {
    #expect(sentence(.rank(5), nil) == "target top5: the model has 4 classes, wanted a rank from 1 to 4")
    #expect(sentence(.index(4), nil) == "target 4: the model has 4 classes, wanted an index from 0 to 3")
    #expect(sentence(.index(-1), nil) == "target -1: the model has 4 classes, wanted an index from 0 to 3")
    #expect(
      sentence(.label("cat"), nil)
        == "target \"cat\": the model has no labels, wanted an index from 0 to 3 (or a labels file: --labels)"
    )
    #expect(
      sentence(.label("tiger kat"), labels)
        == "target \"tiger kat\": no class of this name among the model's 4; did you mean \"tiger_cat\"?")
    #expect(
      sentence(.label("spaceship"), labels)
        == "target \"spaceship\": no class of this name among the model's 4 (\(labels.joined(separator: ", ")))"
    )
    #expect(
      sentence(.label("spaceship"), (0..<13).map { "\($0)" })
        == "target \"spaceship\": no class of this name among the model's 13; "
        + "`saliency predict` lists likely ones, and an index works too")
  }

  /// ImageNet has two classes called "crane", the bird and the machine; neither is taken silently.
  @Test func aNameOfSeveralClassesIsRefused() {
    #expect(
      sentence(.label("Crane"), ["crane", "boat", "crane", "heron"])
        == "target \"Crane\": 2 classes have this name (0 \"crane\", 2 \"crane\"); give the index")
    #expect(
      sentence(.label("bat"), ["bat, animal", "bat, club", "x, bat", "bat, Bat"])
        == "target \"bat\": 4 classes have this name (0 \"bat, animal\", 1 \"bat, club\", 2 \"x, bat\" and others); "
        + "give the index")
  }

  /// A whole name wins over another class's synonym.
  @Test func aWholeNameWinsOverASynonym() throws {
    #expect(
      try Target.label("cat").resolved(scores: scores, labels: ["lynx, cat", "cat", "dog", "cow"]) == 1)
  }
}
