import SaliencyCore

@testable import Bench
@testable import Configuration

/// Results made by hand: what tables are made of, without a run.
enum SyntheticResults {
  static let text = """
    name: synthetic
    title: "Numbers & names: 100% <made up>"
    models: [net_a, net-b]
    images: pictures
    targets: top
    methods: [gradient, grad-cam, { method: cam, label: "CAM | A&B" }]
    controls: random
    metrics: [sparseness, infidelity, pointing-game]
    seed: 5
    statistics: { resamples: 400, permutations: 2000 }
    """

  /// The value of a method in a column for an image: method 1 is clearly best in column 0.
  static func value(model: Int, method: Int, column: Int, image: Int) -> Double {
    let noise = Double(
      CounterRandom(seed: 9, path: UInt64(model * 100 + method * 10 + column)).uniform(at: image))
    switch column {
    case 0: return (method == 1 ? 0.8 : 0.4) + 0.1 * noise
    case 1: return 0.0002 * noise
    case 2: return 12.5 - 3 * noise
    default: return noise < 0.6 ? 1 : 0
    }
  }

  static func results(images: Int = 24) throws -> RunResults {
    let experiment = try Experiment(parsing: text, file: "synthetic.yaml", catalogs: standardCatalogs)
    let choices = experiment.methods + experiment.controls
    let manifest = Manifest(
      program: "saliency 0", command: "saliency bench synthetic.yaml", processor: "avx2",
      experiment: experiment.canonicalJSON, requests: images * 2, code: "code", seed: 5,
      models: experiment.models.map {
        Manifest.Model(
          name: $0.model, file: "\($0.model).h5", fingerprint: Digest(of: $0.model).hex, layer: "conv",
          classes: 3)
      },
      images: (0..<images).map { "image-\($0).png" },
      methods: choices.map {
        Manifest.Element(
          name: $0.name, isControl: type(of: $0.method).descriptor.family == .control, paper: "a paper",
          configuration: $0.keyText)
      },
      metrics: experiment.metrics.map {
        Manifest.Element(
          name: $0.name, isControl: nil, paper: "a paper", configuration: $0.metric.canonicalJSON)
      })
    let columns = experiment.metrics.enumerated().flatMap {
      RunResults.columns(of: $1, metric: $0, images: nil)
    }
    let methods = zip(choices, manifest.methods).map {
      RunResults.Method(name: $0.name, title: $0.title, isControl: $1.isControl ?? false)
    }
    return RunResults(
      manifest: manifest, experiment: experiment, methods: methods, columns: columns,
      settings: (0..<2).map { setting($0, manifest, methods, columns, images: images) },
      costs: (0..<2).map { model in
        methods.indices.map { MethodCost(seconds: 0.001 * Double(($0 + 1) * (model + 1)), peak: $0 << 20) }
      })
  }

  private static func setting(
    _ model: Int, _ manifest: Manifest, _ methods: [RunResults.Method], _ columns: [RunResults.Column],
    images: Int
  ) -> RunResults.Setting {
    let requests = (0..<images).map { image in
      RunResults.Request(
        image: image, imageName: manifest.images[image], target: "top",
        state: image == 3 && model == 1
          ? .failed("image-3.png: no such file")
          : .resolved(
            .init(
              classIndex: image % 3, className: "class <\(image % 3)>", probability: 0.5,
              pixels: Digest(of: "\(image)"), annotations: Digest(of: ""))))
    }
    var setting = RunResults.Setting(
      model: model, modelName: manifest.models[model].name, target: "top", requests: requests, units: [],
      values: [], outcomes: [])
    for m in methods.indices {
      let suits = !(m == 2 && model == 1)
      setting.units.append(
        requests.map { request in
          guard request.resolved != nil else { return nil }
          return RunResults.Unit(
            key: Digest(of: "\(model) \(m) \(request.image)"), outcome: suits ? .done : .notApplicable,
            reason: suits ? nil : "the model flattens", passes: Passes(forward: m, backward: 1), matched: nil,
            defect: nil, reasons: request.image == 7 ? [0: "the map is all zero"] : [:])
        })
      func hasNumber(_ request: RunResults.Request, _ c: Int) -> Bool {
        request.resolved != nil && suits && !(request.image == 7 && c == 0)
      }
      setting.values.append(
        columns.indices.map { c in
          requests.map {
            hasNumber($0, c) ? value(model: model, method: m, column: c, image: $0.image) : .nan
          }
        })
      setting.outcomes.append(
        columns.indices.map { c in
          requests.map { $0.resolved == nil || !suits ? nil : hasNumber($0, c) ? .done : .notApplicable }
        })
    }
    return setting
  }
}
