import SaliencyCore
import Testing

@testable import ONNXImport

/// Random graphs of reshapes, transpositions, slices and sums give the same numbers with labelled layouts as with constants, which
/// another part of the program computes.
@Suite struct LayoutTests {
  /// Random graphs and what they are made of.
  struct Maker {
    private var random: CounterRandom
    private var count: UInt64 = 0
    var model = TestModel()
    private(set) var sizes: [Int]
    private var current = "x"

    init(seed: UInt64) {
      random = CounterRandom(seed: seed)
      let shapes = [[1, 4, 3, 2], [2, 6, 2], [4, 6], [1, 2, 3, 4, 2], [12]]
      sizes = shapes[Int(seed) % shapes.count]
      model.inputs = [("x", sizes.map(Optional.some))]
    }

    mutating func below(_ limit: Int) -> Int {
      count += 1
      let value = random.uniform(0..<1, shape: [Int(count)])[Int(count) - 1]
      return min(Int(value * Float(limit)), limit - 1)
    }

    private mutating func add(
      _ type: String, _ inputs: [String] = [], _ attributes: [String: TestModel.Attribute] = [:],
      _ sizes: [Int]
    ) {
      let output = "v\(model.nodes.count)"
      model.nodes.append(
        .init(type: type, inputs: [current] + inputs, outputs: [output], attributes: attributes))
      (current, self.sizes) = (output, sizes)
    }

    private mutating func integers(_ values: [Int]) -> String {
      let name = "i\(model.integers.count)"
      model.integers.append((name, values))
      return name
    }

    private mutating func floats(_ sizes: [Int]) -> String {
      let name = "f\(model.floats.count)"
      let values = (0..<sizes.reduce(1, *)).map { Float(($0 * 7) % 11) - 5 }
      model.floats.append((name, sizes, values))
      return name
    }

    mutating func step() {
      let rank = sizes.count
      let axis = below(rank)
      switch below(11) {
      case 0:
        var order = Array(0..<rank)
        for i in order.indices { order.swapAt(i, below(rank)) }
        add("Transpose", [], ["perm": .integers(order)], order.map { sizes[$0] })
      case 1:
        let total = sizes.reduce(1, *)
        let first = (1...total).filter { total % $0 == 0 }[
          below((1...total).filter { total % $0 == 0 }.count)]
        let rest = total / first
        let second = (1...rest).filter { rest % $0 == 0 }[below((1...rest).filter { rest % $0 == 0 }.count)]
        let target = [first, second, rest / second]
        let name = integers([first, -1, rest / second])
        add("Reshape", [name], [:], target)
      case 2 where rank < 6:
        var result = sizes
        result.insert(1, at: axis)
        let name = integers([axis])
        add("Unsqueeze", [name], [:], result)
      case 3:
        let start = below(sizes[axis])
        var result = sizes
        result[axis] -= start
        let names = [integers([start]), integers([1 << 40]), integers([axis])]
        add("Slice", names, [:], result)
      case 4:
        let indices = [below(sizes[axis]), below(sizes[axis])]
        var result = sizes
        result[axis] = 2
        let name = integers(indices)
        add("Gather", [name], ["axis": .integer(axis)], result)
      case 5 where sizes.reduce(1, *) < 200:
        var result = sizes
        result[axis] *= 2
        add("Concat", [current], ["axis": .integer(axis)], result)
      case 6:
        // A constant whose axes are repeated, or repeat the value's own.
        let own = sizes.map { below(2) == 0 ? 1 : $0 }
        let name = floats(own)
        add("Add", [name], [:], sizes)
      case 7:
        let name = floats([sizes[rank - 1]])
        add("Mul", [name], [:], sizes)
      case 8:
        var result = sizes
        result[axis] = 1
        let name = integers([axis])
        add("ReduceSum", [name], ["keepdims": .integer(1)], result)
      case 9 where sizes.reduce(1, *) < 100:
        let repeats = sizes.indices.map { $0 == axis ? 2 : 1 }
        let name = integers(repeats)
        add("Tile", [name], [:], zip(sizes, repeats).map { $0 * $1 })
      case 10 where sizes[axis] == 1 && sizes.reduce(1, *) < 100:
        var result = sizes
        result[axis] = 3
        let name = integers(result)
        add("Expand", [name], [:], result)
      default: break
      }
    }

    /// The sum with another way through the same value, so that two layouts meet.
    mutating func join() {
      let (before, own) = (current, sizes)
      add("Transpose", [], ["perm": .integers(sizes.indices.reversed())], sizes.reversed())
      let flat = integers([-1])
      add("Reshape", [flat], [:], [sizes.reduce(1, *)])
      let back = integers(own.reversed())
      add("Reshape", [back], [:], own.reversed())
      add("Transpose", [], ["perm": .integers(own.indices.reversed())], own)
      add("Add", [before], [:], own)
      model.outputs = [current]
    }
  }

  @Test(arguments: 0..<200)
  func labelledLayoutsGiveTheSameNumbers(_ seed: Int) throws {
    var maker = Maker(seed: UInt64(seed))
    for _ in 0..<8 { maker.step() }
    maker.join()
    let shape = try #require(maker.model.inputs.first).sizes.compactMap(\.self)
    let numbers = (0..<shape.reduce(1, *)).map { Double(($0 * 5) % 13) - 6 }

    var folding = try maker.model.loader()
    folding.constants["x"] = Constant(numbers, sizes: shape, type: .float)
    guard case .constant(let expected)? = try folding.network(inputSize: nil).values[maker.model.outputs[0]]
    else {
      Issue.record("not folded")
      return
    }

    var loader = try maker.model.loader()
    loader.hasBatchAxis = false
    let network = try loader.network(inputSize: nil)
    guard case .feature(let feature)? = network.values[maker.model.outputs[0]] else {
      Issue.record("not a feature")
      return
    }
    let model = Model(
      name: "", graph: network.graph, input: network.inputs[0].feature.node, output: feature.node)
    let input = Tensor(shape: Shape([1] + shape), scalars: numbers.map(Float.init))
    let value = try model.values(of: [feature.node], for: input)[0]
    let parts = [0] + feature.axes.flatMap { $0 }.map { $0 + 1 }
    let found = Permute.transpose(value.reshaped(to: Shape([1] + feature.parts)), order: parts)
    #expect(feature.sizes == expected.sizes)
    #expect(found.scalars == expected.numbers.map(Float.init), "\(maker.model.nodes.map(\.type))")
  }
}
