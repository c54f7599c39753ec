import Methods
import ModelLibrary
import SaliencyCore
import Testing

@testable import Bench
@testable import Configuration
@testable import Metrics

let standardCatalogs = Catalogs(methods: .standard)

@Suite struct ExperimentReadingTests {
  static let whole = """
    name: scenes
    title: Which method finds the object?
    paper: arXiv:1610.02391
    models:
      - scenes-gap
      - model: weights/vgg.h5
        label: VGG
        layer: conv3
    images:
      - scenes-test[0..<4]
      - coco: data/instances.json
        images: data/pictures
        sample: 10
      - { voc: Annotations, segmentation: SegmentationObject }
      - { classes: imagenet, range: 0...9 }
      - photographs/*.jpg
      - cat.png
      - photographs
    targets: [top, top3, truth, annotated, 7, zebra]
    methods:
      - gradient
      - smooth-grad: { samples: 25, base: guided-backprop }
      - smooth-grad(samples=10)
      - method: { grad-cam: { counterfactual: true } }
        label: Counterfactual
        layer: conv2
        score: output
        reduction: mean
    controls: random
    metrics:
      - metric: sparseness
        images: 50
        label: Gini
    seed: 7
    maps: all
    statistics: { resamples: 500, level: 0.01 }
    figure: { rows: [image, target], columns: method, images: 3 }
    """

  static func read(_ text: String) throws -> Experiment {
    try Experiment(parsing: text, file: "e.yaml", catalogs: standardCatalogs)
  }

  @Test func everyKeyIsRead() throws {
    let experiment = try Self.read(Self.whole)
    #expect(experiment.name == "scenes")
    #expect(
      experiment.models == [
        ModelChoice("scenes-gap"), ModelChoice("weights/vgg.h5", label: "VGG", layer: "conv3"),
      ])
    #expect(
      experiment.images == [
        ImageSource(.bundled("scenes-test"), range: 0..<4),
        ImageSource(.coco(annotations: "data/instances.json", images: "data/pictures"), sample: 10),
        ImageSource(.voc(annotations: "Annotations", images: nil, segmentation: "SegmentationObject")),
        ImageSource(.classes("imagenet"), range: 0..<10), ImageSource(.glob("photographs/*.jpg")),
        ImageSource(.file("cat.png")), ImageSource(.folder("photographs")),
      ])
    #expect(
      experiment.targets == [.rank(1), .rank(3), .truth, .annotated, .number(7), .label("zebra")])
    #expect(
      experiment.methods.map(\.name) == [
        "gradient", "smooth-grad(base=guided-backprop, samples=25)", "smooth-grad(samples=10)",
        "Counterfactual",
      ])
    let counterfactual = experiment.methods[3]
    #expect((counterfactual.method as? GradCAM)?.counterfactual == true)
    #expect(
      counterfactual.layer == "conv2" && counterfactual.score == .output && counterfactual.reduction == .mean)
    #expect(experiment.controls.map(\.name) == ["random"])
    #expect(experiment.metrics.map(\.name) == ["Gini"] && experiment.metrics[0].images == 50)
    #expect(experiment.seed == 7 && experiment.maps == .all)
    #expect(experiment.statistics.resamples == 500 && experiment.statistics.confidence == 0.95)
    #expect(experiment.overviews.map(\.rows) == [[.image, .target]] && experiment.overviews[0].images == 3)
  }

  @Test func whatIsNotSaidHasDefaults() throws {
    let experiment = try Self.read(Self.minimal)
    #expect(experiment.targets == [.top] && experiment.seed == 0 && experiment.maps == .gallery)
    #expect(experiment.controls.map(\.name) == ControlCatalog.usedByDefault)
    #expect(try Self.read(Self.minimal + "\ncontrols: none").controls.isEmpty)
    #expect(try Self.read(Self.minimal + "\ncontrols: []").controls.isEmpty)
    let all = try Self.read(Self.minimal.replacing("[gradient]", with: "all"))
    #expect(all.methods.map(\.name) == MethodCatalog.standard.identifiers)
  }

  static let minimal = "name: e\nmodels: m\nimages: p\nmethods: [gradient]\nmetrics: sparseness"

  /// What is wrong with the minimal experiment after one change, as a message.
  static func complaint(_ old: String, _ new: String) -> String {
    do {
      _ = try read(minimal.replacing(old, with: new))
      return "none"
    } catch {
      return "\(error)"
    }
  }

  static let known =
    "(known: name, title, paper, reproduces, about, models, images, targets, methods, controls, metrics, seed, maps, statistics, "
    + "figures, gallery, profile)"

  @Test(arguments: [
    ("methods:", "metods:", "e.yaml:4: unknown key \"metods\"; did you mean \"methods\"? \(known)"),
    ("seed", "", "none"),
    ("images: p", "images: p\nimages: q", "e.yaml:3: the key \"images\" is given twice in this map"),
    (
      "images: p", "images: p\nimage: q",
      "e.yaml:4: \"image\" and \"images\" are both given; write one of them"
    ),
    ("models: m\n", "", "e.yaml:1: the key \"models\" is missing; add \"models: ...\""),
    ("models: m", "models: []", "e.yaml:2: models: the list is empty"),
    (
      "name: e", "name: a/b",
      "e.yaml:1: found \"a/b\", wanted a name of letters, digits, \"-\", \"_\", \".\", for a folder is called by it"
    ),
    ("name: e", "name: e\nseed: x", "e.yaml:2: found \"x\", wanted a whole number"),
    ("name: e", "name: e\nseed: -1", "e.yaml:2: found \"-1\", wanted a whole number of at least 0"),
    (
      "name: e", "name: e\nmaps: galery",
      "e.yaml:2: found \"galery\", wanted one of none, gallery, all; did you mean \"gallery\"?"
    ),
    (
      "name: e", "name: e\nstatistics: { resamples: 10000000000 }",
      "e.yaml:2: found \"10000000000\", wanted a whole number of at most 100000"
    ),
    (
      "name: e", "name: e\nstatistics: { permutations: 10000000000 }",
      "e.yaml:2: found \"10000000000\", wanted a whole number of at most 1000000"
    ),
    (
      "[gradient]", "[gradient, smooth-grad(samples=10000000000)]",
      "e.yaml:4: smooth-grad: samples: found 10000000000, expected at most 1000000"
    ),
    (
      "metrics: sparseness", "metrics: [deletion(step=10000000000)]",
      "e.yaml:5: deletion: step: found 10000000000, expected at most 1000000 pixels"
    ),
    (
      "name: e", "name: e\nstatistics:\n  level: 2",
      "e.yaml:3: found \"2\", wanted a number between 0 and 1"
    ),
    (
      "name: e", "name: e\nstatistics:\n  levl: 0.2",
      "e.yaml:3: unknown key \"levl\"; did you mean \"level\"? (known: confidence, resamples, permutations, level)"
    ),
    (
      "metrics: sparseness", "metrics:\n- sparsness",
      "e.yaml:6: no metric is called \"sparsness\"; did you mean \"sparseness\"? (known: "
        + MetricCatalog.standard.identifiers.joined(separator: ", ") + ")"
    ),
    (
      "[gradient]", "\n- gradient\n- smooth-grad:\n    noise: 0.1\n    sampels: 3",
      "e.yaml:8: smooth-grad has no parameter \"sampels\"; did you mean \"samples\"? "
        + "(it has aggregate, base, cleanLast, noise, samples, seed, sigma)"
    ),
    (
      "[gradient]", "\n- smooth-grad:\n    noise: 0.1\n    samples: many",
      "e.yaml:7: smooth-grad: samples: found \"many\", expected a whole number"
    ),
    (
      "[gradient]", "\n- smooth-grad:\n    samples: 0",
      "e.yaml:6: smooth-grad: samples: found 0, expected at least 1"
    ),
    (
      "[gradient]", "\n- gradient\n- method: grad-cam\n  lable: x",
      "e.yaml:7: unknown key \"lable\"; did you mean \"label\"? (known: method, label, layer, score, reduction, resize, normalise, order, profile)"
    ),
    (
      "[gradient]", "\n- gradient\n- gradient",
      "e.yaml:6: two methods are called \"gradient\"; give one a label of its own (label: ...)"
    ),
    (
      "images: p", "images: { coco: a.json, folder: b }",
      "e.yaml:3: an image source names one of bundled, file, folder, glob, coco, voc, classes; found folder and coco"
    ),
    (
      "images: p", "images: { folder: b, images: c }", "e.yaml:3: \"images\" does not go with \"folder\""
    ),
    (
      "images: p", "images: p[4..<2]",
      "e.yaml:3: found \"p[4..<2]\", wanted a range of places that is not empty, such as 0..<4 or 0...3"
    ),
    (
      "name: e", "name: e\nfigure: { rows: imgae }",
      "e.yaml:2: found \"imgae\", wanted one of model, image, target, method; did you mean \"image\"?"
    ),
    (
      "name: e", "name: e\nfigure: { rows: image, columns: [image] }",
      "e.yaml:2: \"image\" stands twice among rows and columns"
    ),
    ("name: e", "name: [", "e.yaml:3: this is no YAML: did not find expected ',' or ']'"),
  ])
  func whatIsWrongIsSaidWithItsLine(old: String, new: String, message: String) {
    #expect(Self.complaint(old, new) == message)
  }

  @Test func everythingThatIsWrongIsSaidAtOnce() {
    let text = """
      nme: e
      models: [{ model: m, lable: x }]
      targets: [top]
      methods:
        - gradent
        - smooth-grad: { sampels: 3, noise: -1 }
        - { method: cam, score: outptu }
      metrics: []
      seed: x
      statistics: { levl: 0.1, resamples: 10 }
      figure: { rows: imgae, show: flat }
      """
    let problem = #expect(throws: YAMLError.self) { try Self.read(text) }
    let lines = "\(problem.map { "\($0)" } ?? "")".split(separator: "\n").map(String.init)
    let wanted = [
      "e.yaml:1: unknown key \"nme\"; did you mean \"name\"?", "e.yaml:1: the key \"images\" is missing",
      "e.yaml:2: unknown key \"lable\"; did you mean \"label\"?",
      "e.yaml:5: no method is called \"gradent\"; did you mean \"gradient\"",
      "e.yaml:6: smooth-grad has no parameter \"sampels\"; did you mean \"samples\"?",
      "e.yaml:6: smooth-grad: noise: found -1.0",
      "e.yaml:7: found \"outptu\", wanted one of", "e.yaml:8: metrics: the list is empty",
      "e.yaml:9: found \"x\", wanted a whole number",
      "e.yaml:10: unknown key \"levl\"; did you mean \"level\"?",
      "e.yaml:10: found \"10\", wanted a whole number of at least 100",
      "e.yaml:11: found \"imgae\", wanted one of", "e.yaml:11: found \"flat\", wanted one of",
    ]
    #expect(lines.count == wanted.count, "\(lines.joined(separator: "\n"))")
    for (line, start) in zip(lines, wanted) { #expect(line.hasPrefix(start), "\(line)") }
  }

  @Test func aMissingFileIsNamed() {
    #expect(
      throws: YAMLError(
        file: "no/such.yaml", line: nil, "no such file; wanted a text file; check the path")
    ) { try Experiment(contentsOf: "no/such.yaml", catalogs: standardCatalogs) }
  }
}
