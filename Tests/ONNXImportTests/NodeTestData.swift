import Foundation
import SaliencyCore

@testable import ONNXImport

/// One test of ONNX's own: a model, and its outputs for its inputs.
struct NodeTestCase {
  let folder: String

  /// Why a result is wrong.
  struct Mismatch: Error, CustomStringConvertible {
    let description: String
  }

  private func tensors(_ kind: String) throws -> [Constant] {
    var result: [Constant] = []
    while true {
      let path = "\(folder)/test_data_set_0/\(kind)_\(result.count).pb"
      guard let bytes = FileBytes(path: path) else { return result }
      var reader = TensorReader(folder: "")
      result.append(try reader.constant(try TensorMessage(ByteRange(bytes))))
    }
  }

  /// Loads the model with each choice of inputs that are constants, and compares outputs; the number of choices that load.
  ///
  /// - Throws: `Mismatch`, or the first choice's error if none loads.
  func run() throws -> Int {
    let model = "\(folder)/model.onnx"
    guard let bytes = FileBytes(path: model) else { throw Mismatch(description: "no model") }
    let inputs = try tensors("input")
    let wanted = try tensors("output")
    var (firstError, count): ((any Error)?, Int) = (nil, 0)
    let numbers = inputs.indices.filter { inputs[$0].type.isFloating }
    // All inputs, and each of them alone: what is not free is a constant. Layers that take one sample are given a batch.
    var choices = (numbers.isEmpty ? [] : [(numbers, false)]) + numbers.map { ([$0], false) }
    if let first = numbers.first { choices.append(([first], true)) }
    choices.append(([], false))
    for (free, hasBatchAxis) in choices where !(hasBatchAxis && count > 0) {
      do {
        try compare(ByteRange(bytes), inputs, wanted, free: free, hasBatchAxis: hasBatchAxis)
        count += 1
      } catch let error as Mismatch { throw error } catch { firstError = firstError ?? error }
    }
    if let firstError, count == 0 { throw firstError }
    return count
  }

  private func compare(
    _ bytes: ByteRange, _ inputs: [Constant], _ wanted: [Constant], free: [Int], hasBatchAxis: Bool
  ) throws {
    var loader = try NetworkLoader(bytes, file: folder)
    let given = Set(loader.graph.initializers.map(\.name))
    let names = loader.graph.inputs.map(\.name).filter { !given.contains($0) }
    guard names.count == inputs.count else {
      throw Mismatch(description: "\(names) for \(inputs.count) inputs")
    }
    for (index, name) in names.enumerated() where !free.contains(index) {
      loader.constants[name] = inputs[index]
    }
    loader.hasBatchAxis = hasBatchAxis
    if hasBatchAxis {
      guard free.count == 1, let batch = inputs[free[0]].sizes.first, batch > 1 else {
        throw ONNXError.damaged(file: folder, reason: "one sample")
      }
    }
    let network = try loader.network(inputSize: nil)
    guard !network.graph.nodes.allSatisfy({ $0.layer == nil }) || network.outputs.count > 0 else { return }
    let feeds = free.map { index -> Tensor in
      let input = inputs[index]
      guard hasBatchAxis else { return input.tensor(Shape([1] + (input.sizes.isEmpty ? [1] : input.sizes))) }
      // Maps are given with their channels last.
      let order =
        input.sizes.count == 4 && network.graph[network.inputs[0].feature.node].shape[2] == input.sizes[1]
        ? [0, 2, 3, 1] : Array(input.sizes.indices)
      return input.tensor(transposed: order)
    }
    for (name, expected) in zip(network.outputs, wanted) {
      switch network.values[name] {
      case .constant(let constant)?:
        try check(constant.numbers, constant.sizes, expected, batch: nil)
      case .feature(let feature)?:
        let (sizes, numbers) = try evaluate(network, feature, feeds)
        try check(numbers, sizes, expected, batch: hasBatchAxis ? feeds[0].batchSize : nil)
      case nil: throw Mismatch(description: "no value \(name)")
      }
    }
  }

  /// The numbers of a feature in ONNX's order, for each sample.
  private func evaluate(_ network: Network, _ feature: Feature, _ feeds: [Tensor]) throws -> ([Int], [Double])
  {
    var model = Model(
      name: "", graph: network.graph, input: network.inputs[0].feature.node, output: feature.node)
    for (input, value) in zip(network.inputs, feeds).dropFirst() {
      model = try model.fixing(input.name, at: value)
    }
    let value = try model.values(of: [feature.node], for: feeds[0])[0]
    let batch = value.batchSize
    let parts = feature.axes.flatMap { $0 }
    let order = [0] + parts.map { $0 + 1 }
    let fine = value.reshaped(to: Shape([batch] + feature.parts))
    return (feature.sizes, Permute.transpose(fine, order: order).scalars.map(Double.init))
  }

  private func check(_ numbers: [Double], _ sizes: [Int], _ expected: Constant, batch: Int?) throws {
    let count = batch.map { expected.count / max($0, 1) } ?? expected.count
    guard sizes.reduce(1, *) == count, batch != nil || sizes == expected.sizes else {
      throw Mismatch(description: "shape \(sizes), expected \(expected.sizes)")
    }
    for (index, (x, y)) in zip(numbers, expected.numbers).enumerated() {
      if x == y || (x.isNaN && y.isNaN) { continue }
      guard abs(x - y) <= 1e-5 + 1e-3 * abs(y) else {
        throw Mismatch(description: "element \(index): \(x), expected \(y)")
      }
    }
  }
}
