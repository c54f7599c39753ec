import SaliencyCore
import TestSupport
import Testing

/// What holds if values are equal (Guides/Conventions.md, "Ties and discontinuities"): one definition for any batch and any
/// number of threads.
@Suite(.serialized) struct TieTests {
  /// Logits that are equal in groups: classes that have the same weights.
  private func model(classes: Int, distinct: Int, seed: UInt64) throws -> Model {
    var net = NetworkBuilder(input: [9, 8, 3], seed: seed)
    try net.convolution("conv", filters: 5)
    try net.add(GlobalAveragePool2D(), named: "gap")
    let columns = net.normal([5, distinct])
    let scalars = (0..<(5 * classes)).map { (i: Int) -> Float in
      columns[i / classes * distinct + i % classes % distinct]
    }
    let kernel = Tensor(shape: [5, classes], scalars: scalars)
    try net.add(Dense(kernel: kernel, bias: nil), named: "logits")
    try net.add(Softmax(), named: "end")
    return net.model(named: "ties")
  }

  @Test(arguments: [(3, 1), (10, 3), (17, 4), (40, 7)])
  func theTopOfEqualLogitsIsTheFirstIndex(_ classes: Int, _ distinct: Int) throws {
    let before = Execution.threads
    defer { Execution.threads = before }
    for seed in 1...5 as ClosedRange<UInt64> {
      let model = try model(classes: classes, distinct: distinct, seed: seed)
      let images = TinyNetworks.images(for: model, count: 7, seed: seed)
      var expected: [[Int]] = []
      for n in 0..<7 {
        let logits = try model.scores(images.sample(n)).scalars
        for i in logits.indices { #expect(logits[i].bitPattern == logits[i % distinct].bitPattern) }
        let best = (0..<classes).first { i in logits.allSatisfy { $0 <= logits[i] } }
        let least = (0..<classes).last { i in logits.allSatisfy { $0 >= logits[i] } }
        expected.append([best, least].compactMap(\.self))
      }
      for threads in [1, 2, 5] {
        Execution.threads = threads
        let batch = try AttributionRequest(model, inputs: images)
        #expect(batch.targets.map(\.classIndex) == expected.map { $0[0] })
        #expect(try batch.with(targets: [.least]).targets.map(\.classIndex) == expected.map { $0[1] })
        #expect(
          try AttributionRequest(model, inputs: images.sample(3)).targets.map(\.classIndex) == [
            expected[3][0]
          ])
      }
    }
  }

  @Test func aRankingIsTotal() {
    let random = CounterRandom(seed: 3)
    let choices: [Float] = [1, 0, -0.0, -1, .infinity, -.infinity, .nan]
    for count in [0, 1, 2, 7, 40] {
      let scores = (0..<count).map { choices[random.integer(below: choices.count, at: count * 100 + $0)] }
      let ranking = Target.ranking(of: scores)
      #expect(ranking.sorted() == Array(scores.indices))
      for (a, b) in zip(ranking, ranking.dropFirst()) {
        let isTie = scores[a] == scores[b] || (scores[a].isNaN && scores[b].isNaN)
        #expect(isTie ? a < b : scores[b].isNaN || scores[a] > scores[b], "\(scores)")
      }
    }
  }

  /// Of +a and -a the magnitude is one number, so that nothing has to be chosen: a channel's sign and place do not matter.
  @Test func magnitudesOfOppositeChannelsAreOneNumber() {
    let random = CounterRandom(seed: 8)
    for seed in 0..<20 {
      let values = (0..<12).map { Float(random.integer(below: 5, at: seed * 12 + $0) - 2) }
      let negated = values.map { -$0 }
      let turned = (0..<12).map { (i: Int) -> Float in values[i / 4 * 4 + 3 - i % 4] }
      for reduction in [ChannelReduction.maxAbs, .sumAbs] {
        let expected = reduced(values, reduction)
        #expect(reduced(negated, reduction) == expected)
        #expect(reduced(turned, reduction) == expected)
      }
      let largest = [0, 4, 8].map { (start: Int) -> Float in
        values[start..<(start + 4)].reduce(0) { max($0, abs($1)) }
      }
      #expect(reduced(values, .maxAbs) == largest)
    }
    let tie = Attribution(Tensor(shape: [1, 1, 1, 2], scalars: [3, -3]))
    #expect(SaliencyMap(tie, reduction: .maxAbs).values == [3], "without a sign")
    #expect(SaliencyMap(tie, reduction: .sum).values == [0])
  }

  /// Three pixels of four channels, each in an image of its own, as maps.
  private func reduced(_ values: [Float], _ reduction: ChannelReduction) -> [Float] {
    let attribution = Attribution(Tensor(shape: [3, 1, 1, 4], scalars: values))
    return (0..<3).map { SaliencyMap(attribution, sample: $0, reduction: reduction).values[0] }
  }
}
