internal import Configuration
internal import Foundation
internal import Metrics
internal import SaliencyCore

/// What a run was made of: enough to make it again, and to tell whether two runs can be put together.
struct Manifest: Sendable, Codable, Equatable {
  struct Model: Sendable, Codable, Equatable {
    var name: String
    var file: String
    /// SHA-256 of layers, connections and weights.
    var fingerprint: String
    var layer: String?
    var classes: Int
  }

  struct Element: Sendable, Codable, Equatable {
    var name: String
    var isControl: Bool?
    var paper: String
    /// With every parameter.
    var configuration: String
    /// The version of its code; nil in runs of programs that had one version for everything.
    var version: String?
  }

  /// The program's name and version.
  var program: String
  /// The command that last worked on the run.
  var command: String
  var processor: String
  /// The canonical form.
  var experiment: String
  /// The number of requests.
  var requests: Int
  /// The toolkit's version, and how its kernels round.
  var code: String
  var seed: UInt64
  var models: [Model]
  var images: [String]
  /// How many images each of the experiment's sources gave; nil in the stores of earlier versions.
  var imageCounts: [Int]?
  /// Annotations of crowds that are left out.
  var crowds: Int?
  /// SHA-256 of what the networks were given, request by request; in the file that is written when a run has ended.
  var inputs: String?
  var methods: [Element]
  var metrics: [Element]

  /// A digest of all but the command and the processor, which may differ from part to part.
  var digest: Digest {
    var copy = self
    copy.command = ""
    copy.processor = ""
    return Digest(of: copy.json)
  }

  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return String(decoding: (try? encoder.encode(self)) ?? Data(), as: UTF8.self)
  }
}

extension Manifest {
  init(_ plan: WorkPlan, _ options: Runner.Options) {
    program = options.program
    command = options.command
    processor = "\(Execution.instructionSet) kernels"
    requests = plan.places.count
    experiment = plan.experiment.canonicalJSON
    code = plan.code
    seed = plan.experiment.seed
    models = plan.models.map {
      Model(
        name: $0.name, file: $0.source, fingerprint: $0.fingerprint.hex, layer: $0.layer,
        classes: $0.model.classCount)
    }
    images = plan.images.map(\.name)
    imageCounts = plan.experiment.images.indices.map { source in
      plan.images.count { $0.source == source }
    }
    crowds = plan.crowdCount
    methods = plan.methods.map {
      Element(
        name: $0.choice.name, isControl: $0.isControl, paper: type(of: $0.choice.method).descriptor.paper,
        configuration: $0.keyText, version: $0.version)
    }
    metrics = plan.metrics.map {
      Element(
        name: $0.choice.name, isControl: nil, paper: $0.descriptor.paper,
        configuration: $0.choice.metric.canonicalJSON, version: $0.version)
    }
  }
}

extension Manifest {
  /// Reads a manifest out of a store.
  ///
  /// - Throws: `StoreDamage` if it is not what a run writes.
  init(stored text: String) throws(StoreDamage) {
    guard let manifest = try? JSONDecoder().decode(Manifest.self, from: Data(text.utf8)),
      (0...(1 << 40)).contains(manifest.requests),
      manifest.models.allSatisfy({ Digest(hex: $0.fingerprint) != nil && $0.classes >= 0 })
    else {
      throw StoreDamage(
        "meta", "value", found: "\(text.utf8.count) bytes for key manifest", expected: "a run's manifest")
    }
    self = manifest
  }

  /// What a metric's scores are kept under.
  func key(ofMetric index: Int) -> Digest {
    let metric = metrics[index]
    return MetricKey(
      code: CodeVersion.joined(code, metric.version), text: metric.configuration, seed: seed
    ).digest
  }
}

extension UnitKey {
  /// What a run keeps a method's results for a model under.
  ///
  /// - Parameter layer: The layer that the method was given of its own.
  init(_ manifest: Manifest, method: Int, layer: String?, model: Int) {
    let (method, model) = (manifest.methods[method], manifest.models[model])
    self.init(
      code: CodeVersion.joined(manifest.code, method.version),
      model: Digest(hex: model.fingerprint) ?? Digest(of: ""), layer: layer ?? model.layer,
      method: method.configuration)
  }
}
