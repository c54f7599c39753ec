import SaliencyCore
import Testing

@testable import Bench
@testable import Metrics

@Suite struct ComparisonTableTests {
  /// Two choices of one metric are told apart by the parameters that are not the default's.
  @Test func headingsShowParameters() throws {
    let text = """
      name: e
      models: m
      images: p
      methods: [gradient]
      metrics: [deletion, deletion(fill=blur), "road(percentages=[10])", { metric: deletion(step=3), label: Mine }]
      """
    let experiment = try Experiment(parsing: text, file: "e.yaml", catalogs: standardCatalogs)
    let columns = experiment.metrics.enumerated().flatMap {
      RunResults.columns(of: $1, metric: $0, images: nil)
    }
    let titles = columns.map(\.title)
    #expect(titles[..<2] == ["Deletion", "Deletion(fill=blur)"] && titles.last == "Mine")
    #expect(titles[2].hasSuffix("(percentages=[10])") && Set(titles).count == titles.count, "\(titles)")
  }

  @Test func boldIsOnlyWhatATestTellsApart() throws {
    let table = RunTables(try SyntheticResults.results()).tables[0]
    #expect(table.cells.map { $0[0].isBest } == [false, true, false, false], "the second is twice as good")
    #expect(table.cells.map { $0[0].p == nil } == [false, true, false, false])
    #expect(table.cells.allSatisfy { !$0[1].isBest }, "noise has no best")
  }

  @Test func aControlThatIsAheadLeavesNothingBold() throws {
    var results = try SyntheticResults.results()
    var settings = results.settings
    // The control is better than the best method by more than any noise.
    settings[0].values[3][0] = settings[0].values[1][0].map { $0 + 1 }
    results = RunResults(
      manifest: results.manifest, experiment: results.experiment, methods: results.methods,
      columns: results.columns, settings: settings, costs: results.costs)
    #expect(RunTables(results).tables[0].cells.allSatisfy { !$0[0].isBest })
  }

  @Test func whatIsMissingIsCounted() throws {
    let tables = RunTables(try SyntheticResults.results()).tables
    // One image has an all-zero map; on the second model one failed as a whole, and one method does not suit.
    #expect(tables[0].cells[0][0].count == 23 && tables[0].cells[0][0].notApplicable == 1)
    #expect(tables[1].cells[0][0].count == 22 && tables[1].cells[0][0].failed == 1)
    #expect(tables[1].cells[2][0].count == 0 && tables[1].cells[2][0].notApplicable == 23)
    #expect(tables[1].cells[2][0].mean == nil && tables[1].cells[2][0].interval == nil)
  }

  @Test func aPointingGameIsTheMeanOverClasses() {
    // Class 0: hits 1, 1, 1; class 1: 0. Over images 0.75, over classes 0.5.
    let numbers = Observations(
      images: [0, 1, 2, 3], classes: [0, 0, 0, 1], values: [1, 1, 1, 0], average: .classes)
    #expect(numbers.mean == 0.5)
    #expect(Observations(images: [0, 1, 2, 3], classes: [0, 0, 0, 1], values: [1, 1, 1, 0]).mean == 0.75)
  }

  /// What each image adds sums to the difference of the means, whichever mean it is.
  @Test(arguments: MetricDescriptor.Average.allCases)
  func contributionsSumToTheDifference(average: MetricDescriptor.Average) throws {
    let images = [0, 0, 1, 2, 2, 3], classes = [0, 1, 1, 0, 2, 2]
    let a = Observations(images: images, classes: classes, values: [1, 5, 2, 8, 3, 1], average: average)
    let b = Observations(images: images, classes: classes, values: [2, 0, 7, 1, 1, 4], average: average)
    let parts = a.contributions(against: b, places: Array(0..<6), otherPlaces: Array(0..<6))
    #expect(parts.count == 4)
    let difference = try #require(a.mean) - #require(b.mean)
    #expect(abs(parts.reduce(0, +) - difference) < 1e-12)
  }

  @Test func agreementIsOneWithItselfAndSymmetric() throws {
    let table = RunTables(try SyntheticResults.results()).tables[0]
    for a in table.columns.indices {
      for b in table.columns.indices { #expect(table.agreement[a][b] == table.agreement[b][a]) }
      if let own = table.agreement[a][a] { #expect(own == 1) }
    }
  }
}

@Suite struct BootstrapTests {
  static func statistics(_ resamples: Int = 4000) -> Statistics {
    var statistics = Statistics()
    statistics.resamples = resamples
    return statistics
  }

  /// For many independent numbers the interval is the mean plus and minus 1.96 standard errors.
  @Test func theIntervalIsThatOfTheNormalDistribution() throws {
    let values = CounterRandom(seed: 1).normal(shape: [400]).scalars.map(Double.init)
    let numbers = Observations(
      images: Array(0..<400), classes: Array(repeating: 0, count: 400), values: values)
    let interval = try #require(Bootstrap(statistics: Self.statistics(), seed: 2).intervals([numbers])[0])
    let mean = values.reduce(0, +) / 400
    let error = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 400 / 400).squareRoot()
    #expect(abs(interval.lowerBound - (mean - 1.96 * error)) < 0.15 * error)
    #expect(abs(interval.upperBound - (mean + 1.96 * error)) < 0.15 * error)
  }

  /// Four copies of each number about one image are no more information than one.
  @Test func numbersOfOneImageAreDrawnTogether() throws {
    let values = CounterRandom(seed: 1).normal(shape: [100]).scalars.map(Double.init)
    let single = Observations(
      images: Array(0..<100), classes: Array(repeating: 0, count: 100), values: values)
    let four = Observations(
      images: (0..<400).map { $0 / 4 }, classes: Array(repeating: 0, count: 400),
      values: (0..<400).map { values[$0 / 4] })
    let bootstrap = Bootstrap(statistics: Self.statistics(500), seed: 2)
    let a = try #require(bootstrap.intervals([single])[0])
    let b = try #require(bootstrap.intervals([four])[0])
    #expect(abs(a.lowerBound - b.lowerBound) < 1e-12 && abs(a.upperBound - b.upperBound) < 1e-12)
  }

  @Test func fewerThanTwoImagesHaveNoInterval() {
    let one = Observations(images: [3, 3], classes: [0, 1], values: [1, 2])
    let none = Observations(images: [], classes: [], values: [])
    #expect(Bootstrap(statistics: Self.statistics(200), seed: 0).intervals([one, none]) == [nil, nil])
  }
}

@Suite struct PairedTestTests {
  /// Of the 2^n sign patterns of positive differences only the observed one and its mirror are as large.
  @Test func fewDifferencesAreCountedOut() {
    let test = PairedTest(permutations: 1000, seed: 0)
    #expect(test.p([1, 2, 3, 4, 5, 6, 7, 8]) == 2.0 / 256)
    #expect(test.p([1, -1]) == 1)
    #expect(test.p([]) == 1 && test.p([0, 0]) == 1)
    #expect(test.p([2, 1]) == 0.5)
  }

  @Test func drawnPatternsAgreeWithAllPatterns() {
    let parts = CounterRandom(seed: 4).normal(shape: [12]).scalars.map { Double($0) + 0.4 }
    let exact = PairedTest(permutations: 5000, seed: 0).p(parts)
    let drawn = PairedTest(permutations: 4000, seed: 0).p(parts)
    #expect(abs(exact - drawn) < 0.03)
  }

  /// Under the null hypothesis p is uniform: about 5% of tests are below 0.05.
  @Test func theTestKeepsItsLevel() {
    let test = PairedTest(permutations: 200, seed: 1)
    let rejected = (0..<400).count { k in
      test.p(CounterRandom(seed: 77, path: UInt64(k)).normal(shape: [30]).scalars.map(Double.init)) < 0.05
    }
    #expect((5..<40).contains(rejected), "expected 20 of 400, found \(rejected)")
  }

  /// `p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")` of R.
  @Test func holmAsInR() {
    let adjusted = PairedTest.holm([0.01, 0.04, 0.03, 0.005])
    for (found, wanted) in zip(adjusted, [0.03, 0.06, 0.06, 0.02]) { #expect(abs(found - wanted) < 1e-12) }
    #expect(PairedTest.holm([0.9, 0.8]) == [1, 1])
  }
}

@Suite struct CSVTextTests {
  @Test func csvFieldsAreQuoted() {
    var csv = CSV("a", "b")
    csv.add(["x, \"y\"", "line\nbreak"])
    #expect(csv.text == "a,b\n\"x, \"\"y\"\"\",\"line\nbreak\"\n")
  }
}
