import Figures
import Foundation
import HDF5
import Methods
import ModelLibrary
import Pipeline
import SaliencyCore
import Testing

/// Models, images, targets and methods give maps, figures and files.
@Suite struct SaliencyPipelineTests {
  private let folder: TemporaryFolder
  private let image: String

  init() throws {
    folder = try TemporaryFolder()
    image = try folder.image(named: "scene.png", side: 64)
  }

  private var pipeline: SaliencyPipeline {
    var pipeline = SaliencyPipeline(model: ModelRequest("scenes-gap"))
    pipeline.methods = .named([Gradient(), GradCAM()])
    pipeline.targets = .targets([.top, .rank(2)])
    return pipeline
  }

  @Test func eachImageAndTargetHasAResultOfEachMethod() throws {
    let results = try pipeline.results(for: [image])
    #expect(results.map(\.request.file.name) == ["scene", "scene"])
    #expect(Set(results.map(\.request.target)).count == 2)
    for result in results {
      #expect(result.methods.map(\.descriptor.identifier) == ["gradient", "grad-cam"])
      #expect(result.methods.allSatisfy { $0.seconds >= 0 && $0.passes.backward == 1 })
      #expect(try result.methods[0].map().height == result.request.request.model.inputShape[0])
      #expect(try result.methods[0].outcome.get().values.shape.rank == 4)
    }
  }

  @Test func theMapsAreThoseOfTheMethodsAlone() throws {
    let result = try #require(try pipeline.results(for: [image]).first)
    let alone = try Gradient().attribution(for: result.request.request)
    #expect(try result.methods[0].outcome.get().values == alone.values)
  }

  @Test func progressIsReportedBeforeEachMethod() throws {
    var seen: [PipelineProgress] = []
    _ = try pipeline.results(for: [image], handlers: PipelineHandlers(progress: { seen.append($0) }))
    #expect(seen.map(\.done) == [0, 1, 2, 3])
    #expect(seen.allSatisfy { $0.total == 4 && $0.image == "scene" })
    #expect(seen.map(\.method) == ["Gradient", "Grad-CAM", "Gradient", "Grad-CAM"])
  }

  @Test func aRunCanBeCancelledBetweenMethods() throws {
    var count = 0
    let handlers = PipelineHandlers(progress: { _ in count += 1 }, isCancelled: { count == 2 })
    #expect(throws: CancellationError.self) { try pipeline.results(for: [image], handlers: handlers) }
    #expect(count == 2)
  }

  @Test func anImageThatCannotBeReadStopsNoOther() throws {
    let broken = folder["broken.png"]
    try Data("no image".utf8).write(to: URL(fileURLWithPath: broken))
    let files = try ImageList([broken, image]).files
    var names: [String] = []
    let outcome = try pipeline.run(files) { names.append($0.request.file.name) }
    #expect(names == ["scene", "scene"])
    #expect(outcome.failures.sentences.count == 1 && outcome.failures.sentences[0].hasPrefix(broken))
    #expect(throws: ImagesFailed.self) { try pipeline.results(for: [broken, image]) }
  }

  @Test func aMethodThatDoesNotSuitTheModelHasAnErrorAsItsResult() throws {
    var pipeline = pipeline
    pipeline.model = ModelRequest("scenes-vgg")
    pipeline.methods = .named([CAM(), Gradient()])
    pipeline.targets = .top
    let result = try #require(try pipeline.results(for: [image]).first)
    #expect(throws: MapError.self) { try result.methods[0].map() }
    #expect(throws: Never.self) { try result.methods[1].map() }
  }

  @Test func resultsAreWrittenAsAFigureAndAsNumbers() throws {
    let results = try pipeline.results(for: [image])
    let figure = try ComparisonFigure(results)
    try figure.write(to: folder["figure.svg"])
    #expect(figure.records.count == 4 && figure.records.allSatisfy { $0.error == nil })
    try MapsFile.write(results, to: folder["maps.h5"])
    let group = "scene/\(try #require(results[0].request.target.classIndex))"
    var file = try HDF5Reader(path: folder["maps.h5"])
    let images = file.index.groups()
    #expect(images == ["scene"])
    let classes = file.index.groups(in: "scene")
    let first = try #require(classes.first { "scene/\($0)".hasPrefix(group) })
    #expect(Set(file.index.groups(in: "scene/\(first)")) == ["gradient", "grad-cam"])
    let values = try file.floats(at: "scene/\(first)/gradient/attribution")
    #expect(try results[0].methods[0].outcome.get().values.scalars == values)
  }

  @Test func aModelIsSummarised() throws {
    let summary = ModelSummary(try ModelRequest("scenes-vgg").load(), methods: .standard)
    #expect(summary.methods.first { $0.method == "cam" }?.applies == false)
    #expect(summary.methods.first { $0.method == "grad-cam" }?.applies == true)
    #expect(summary.layers.count > 5 && summary.text.contains("default layer"))
  }
}
