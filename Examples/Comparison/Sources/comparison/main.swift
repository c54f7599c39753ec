import Bench
import Figures
import Foundation
import Imaging
import Methods
import ModelLibrary
import SaliencyCore

guard CommandLine.arguments.count == 4 else {
  print("usage: comparison IMAGE MODEL FOLDER")
  exit(64)
}
let (imagePath, modelName) = (CommandLine.arguments[1], CommandLine.arguments[2])
let folder = URL(fileURLWithPath: CommandLine.arguments[3])
try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)

// 1. Read an image and load a model.
let image = try Image(contentsOf: imagePath)
let loaded = try ModelRequest(modelName).load()

// 2. Make the network's input: a tensor [1, H, W, C].
let transform = try loaded.transform()
let input = try transform(image)

// 3. Run the forward pass, and choose the class to explain.
let request = try AttributionRequest(loaded.model, inputs: input, targets: [.top])
let className = loaded.className(request.targets[0])
print("\(className): \(request.probabilities.map { "probability \($0[0])" } ?? "no probability")")

// 4. Compute saliency maps. All methods share the forward pass.
let methods = try MethodCatalog.standard.parseList("gradient, grad-cam, smooth-grad(samples=10)")
let maps = try methods.map { method in
  SaliencyMap(try method.attribution(for: request), reduction: method.reduction)
}

// 5. Evaluate them: here with a metric of this program, on a box around the object.
let box = Box(x: 8, y: 8, width: 40, height: 40)
let object = Annotation(classIndex: request.targets[0], label: className, box: box)
let annotations = Annotations(height: transform.height, width: transform.width, objects: [object])
for method in methods {
  let subject = try Subject(asking: method, about: request, annotations: annotations, seed: 1)
  let score = try InsideOverOutside().evaluate(subject)
  print("\(method.label): \(score.primary.map { "\($0)" } ?? score.reason ?? "")")
}

// 6. Draw a figure: one row, the image and a map of each method. The suffix decides the format: png, pdf, svg.
let cells = zip(methods, maps).map { method, map in
  Panel.Cell.map(map, MapStyle(for: method), over: image)
}
let row = Panel.Row(title: className, cells: [.picture(image)] + cells)
let panel = Panel(columns: ["Image"] + methods.map(\.label), rows: [row])
try FigureRenderer().write(panel, to: folder.appendingPathComponent("figure.png").path)

// 7. Save one map over the image, and the values of all maps as 32-bit floats, row by row.
let overlay = maps[1].rendered(.heatmap, over: image)
try overlay.picture.writePNG(to: folder.appendingPathComponent("grad-cam.png").path)
for (method, map) in zip(methods, maps) {
  let values = map.values.withUnsafeBytes { Data($0) }
  try values.write(to: folder.appendingPathComponent("\(type(of: method).identifier).f32"))
}
