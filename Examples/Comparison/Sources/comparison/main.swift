import Foundation
import Saliency

guard CommandLine.arguments.count == 4 else {
  print("usage: comparison IMAGE MODEL FOLDER")
  exit(64)
}
let (imagePath, modelName) = (CommandLine.arguments[1], CommandLine.arguments[2])
let folder = URL(fileURLWithPath: CommandLine.arguments[3])
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)

// 1. Choose a model, methods and targets, and compute the maps. All methods share the forward pass.
var pipeline = SaliencyPipeline(model: ModelRequest(modelName))
pipeline.methods = .named(try MethodCatalog.standard.parseList("gradient, grad-cam, smooth-grad(samples=10)"))
pipeline.targets = .top
let results = try pipeline.results(for: [imagePath])

// 2. Print what was computed.
for result in results {
  let probability = result.request.probability.map { "probability \($0)" } ?? "no probability"
  print("\(result.request.file.name): \(result.request.targetName), \(probability)")
  for method in result.methods {
    let map = try method.map()
    print("\(method.title): \(map.height) x \(map.width), \(method.passes.backward) backward passes")
  }
}

// 3. Draw a figure. The suffix decides the format: png, pdf, svg.
try ComparisonFigure(results).write(to: folder.appendingPathComponent("figure.png").path)

// 4. Write the maps as numbers: HDF5, every parameter in its attributes.
try MapsFile.write(results, to: folder.appendingPathComponent("maps.h5").path)

// 5. Evaluate the maps: here with a metric of this program, on a box around the object.
for result in results {
  let request = result.request.request
  let box = Box(x: 8, y: 8, width: 40, height: 40)
  let object = Annotation(
    classIndex: result.request.target.classIndex, label: result.request.targetName, box: box)
  let (height, width) = (request.model.inputShape[0], request.model.inputShape[1])
  let annotations = Annotations(height: height, width: width, objects: [object])
  for method in result.methods {
    let subject = try Subject(applying: method.method, to: request, annotations: annotations, seed: 1)
    let score = try InsideOverOutside().evaluate(subject)
    print("\(method.title): \(score.primary.map { "\($0)" } ?? score.reason ?? "")")
  }
}

// 6. Run a benchmark in memory, and print its table.
let model = try BenchModel(ModelRequest(modelName).load(), name: "model")
let image = DatasetImage(try Image(contentsOf: imagePath), name: "image")
let experiment = Experiment(
  models: [model], images: [image], methods: [Gradient(), GradCAM()], controls: [RandomControl()],
  metrics: [Deletion(), Sparseness()])
print(try experiment.run().table(.markdown))
