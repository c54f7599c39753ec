import SaliencyCore
import TestSupport
import Testing

@Suite struct TapeTests {
  @Test func onlyWhatIsNeededIsComputed() throws {
    let model = try TinyNetworks.mixed()
    let tape = try model.record(
      TinyNetworks.images(for: model, count: 1), upTo: [try model.graph.find("relu6")])
    let computed = model.graph.nodes.filter { tape.contains($0.id) }.map(\.name)
    #expect(computed == ["input", "stem", "relu", "shared", "relu6"])
  }

  /// The same numbers as applying the layers by hand, one after another.
  @Test func valuesAreThoseOfTheLayers() throws {
    let model = try TinyNetworks.gap()
    let images = TinyNetworks.images(for: model, count: 2)
    let tape = try model.record(images, upTo: [model.output])
    var value = images
    for node in model.graph.nodes {
      guard let layer = node.layer else { continue }
      value = layer([value])
      #expect(tape[node.id] == value)
    }
  }

  @Test func aBatchOfTheWrongShapeIsRefused() throws {
    let model = try TinyNetworks.gap()
    let error = #expect(throws: GraphError.self) {
      try model.record(Tensor(repeating: 0, shape: [1, 7, 9, 3]), upTo: [model.output])
    }
    #expect(
      error?.description
        == "input \"input\": found a tensor of shape (1, 7, 9, 3), wanted (batch, 7, 9, 2)")
    let scalar = #expect(throws: GraphError.self) {
      try Tape(model.graph, feeding: [Tensor(repeating: 0, shape: [])], upTo: [model.output])
    }
    #expect(scalar == .badFeed(input: "input", found: [], wanted: [7, 9, 2]))
  }

  @Test func everyInputNeedsABatchOfTheSameSize() throws {
    var graph = Graph()
    let a = try graph.addInput(named: "a", shape: [2])
    let b = try graph.addInput(named: "b", shape: [2])
    let sum = try graph.add(Merge(.add), named: "sum", inputs: [a, b])
    let two = Tensor(repeating: 1, shape: [2, 2])
    #expect(try Tape(graph, feeding: [two, two], upTo: [sum])[sum].scalars == [2, 2, 2, 2])
    let missing = #expect(throws: GraphError.self) { try Tape(graph, feeding: [two], upTo: [sum]) }
    #expect(missing?.description == "1 input tensors were given, wanted 2: a, b")
    let uneven = #expect(throws: GraphError.self) {
      try Tape(graph, feeding: [two, two.sample(0)], upTo: [sum])
    }
    #expect(uneven?.description == "input \"b\": found a tensor of shape (1, 2), wanted (batch, 2)")
  }

  @Test func aStepCanBeReplayedWithOtherInputsAndParameters() throws {
    let layer = Dense(
      kernel: Tensor(shape: [2, 1], scalars: [3, -4]), bias: Tensor(shape: [1], scalars: [1]))
    let step = Step(applying: layer, to: [Tensor(shape: [1, 2], scalars: [-5, 2])])
    #expect(step.output.scalars == [-22])
    // Positive inputs and positive weights only: 0 * 3 + 2 * 0 + 1.
    let replayed = step.replayed(inputs: \.positivePart, parameters: { $0.value.positivePart })
    #expect(replayed.output.scalars == [1])
    #expect(step.replayed(inputs: { $0 * 2 }).output.scalars == [-45])
  }
}
