import Foundation
import Imaging
import Methods
import SaliencyCore
import Synchronization
import TestSupport
import Testing

@testable import Bench

/// A small experiment: three pictures with one or two annotated objects, two tiny networks.
struct TinyRun {
  let folder: TemporaryFolder
  let output: String

  init() throws {
    folder = try TemporaryFolder()
    output = folder.path + "/run"
    for (i, name) in ["a.png", "b.png", "c.png"].enumerated() {
      let picture = Image(width: 16, height: 12) { row, column in
        RGB(UInt8(row * 20 % 256), UInt8(column * 15 % 256), UInt8((row * column + i * 40) % 256))
      }
      try folder.write(try picture.pngData(), to: "data/\(name)")
    }
    try folder.write(Self.annotations, to: "data/annotations.json")
  }

  static let annotations = """
    {"images": [{"id": 1, "file_name": "a.png"}, {"id": 2, "file_name": "b.png"}, {"id": 3, "file_name": "c.png"}],
     "categories": [{"id": 1, "name": "disc"}, {"id": 2, "name": "star"}, {"id": 3, "name": "ghost"}],
     "annotations": [
      {"image_id": 1, "category_id": 1, "bbox": [1, 1, 6, 6]}, {"image_id": 2, "category_id": 2, "bbox": [4, 2, 8, 8]},
      {"image_id": 2, "category_id": 1, "bbox": [0, 0, 3, 3]}, {"image_id": 3, "category_id": 3, "bbox": [0, 0, 9, 9]}]}
    """

  static let text = """
    name: tiny
    models: [gap, vgg]
    images: { coco: data/annotations.json }
    targets: [top, annotated]
    methods: [gradient, cam, smooth-grad(samples=4)]
    controls: random
    metrics: [sparseness, deletion(step=32), pointing-game(tolerance=2), metric: { max-sensitivity: { samples: 2 } }]
    seed: 3
    statistics: { resamples: 200, permutations: 500 }
    """

  static func model(_ choice: ModelChoice) throws -> BenchModel {
    var model =
      choice.model == "gap"
      ? try TinyNetworks.chain([8, 8, 3], gapLayers(), name: "gap") : try TinyNetworks.vgg()
    model.labels = choice.model == "gap" ? ["disc", "star", "box"] : ["disc", "star", "box", "ring"]
    return BenchModel(
      name: choice.label ?? choice.model, model: model,
      transform: InputTransform(height: 8, width: 8, preprocessing: try Preprocessing("unit")),
      layer: choice.layer)
  }

  private static func gapLayers() -> [(name: String, layer: any Layer)] {
    var net = NetworkBuilder(input: [8, 8, 3], seed: 4)
    return [
      ("conv1", net.convolutionLayer(inputs: 3, filters: 5)), ("relu1", ReLU()),
      ("conv2", net.convolutionLayer(inputs: 5, filters: 6)), ("relu2", ReLU()),
      ("pool", GlobalAveragePool2D()),
      ("dense", Dense(kernel: net.normal([6, 3]), bias: net.normal([3]))), ("softmax", Softmax()),
    ]
  }

  func experiment(_ change: (String) -> String = { $0 }, catalogs: Catalogs = standardCatalogs) throws
    -> Experiment
  {
    try Experiment(parsing: change(Self.text), file: folder.path + "/e.yaml", catalogs: catalogs)
  }

  func runner(
    _ experiment: Experiment, output: String? = nil, options: Runner.Options = Runner.Options(jobs: 2)
  ) throws -> Runner {
    try Runner(
      RunPlan(experiment, folder: folder.path, options: options, loadModel: Self.model),
      output: output ?? self.output)
  }

  @discardableResult
  func run(_ experiment: Experiment, output: String? = nil, options: Runner.Options = .init(jobs: 2)) throws
    -> RunSummary
  {
    try runner(experiment, output: output, options: options).run()
  }

  func tables(_ catalogs: Catalogs = standardCatalogs, output: String? = nil) throws -> RunTables {
    RunTables(try RunResults(RunFolder(output ?? self.output).store(), catalogs: catalogs))
  }
}
