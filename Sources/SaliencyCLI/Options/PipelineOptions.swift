internal import ArgumentParser
internal import Bench
internal import Pipeline
internal import SaliencyCore

/// The options of commands that compute maps of images.
struct PipelineOptions: ParsableArguments {
  @OptionGroup(title: "Images") var images: ImageOptions
  @OptionGroup(title: "Model") var model: ModelOptions
  @OptionGroup(title: "Target") var target: TargetOptions
  @OptionGroup(title: "Methods") var methods: MethodOptions
  @OptionGroup(title: "Drawing") var drawing: DrawingOptions
  @OptionGroup(title: "Running") var running: RunOptions

  /// Up to this number of images, a command ends before large memory pages save time.
  private static let fewImages = 8

  /// The pipeline for some images.
  func pipeline(for files: [ImageFile]) throws -> SaliencyPipeline {
    Execution.expectsManyPasses = files.count > Self.fewImages
    var pipeline = SaliencyPipeline(model: model.request)
    pipeline.methods = try methods.selection(from: Invocation.current.methods)
    pipeline.targets = target.selection
    pipeline.layer = target.layer
    pipeline.score = target.score
    pipeline.profile = methods.convention.profile
    pipeline.decoding = images.decoding.options
    return pipeline
  }
}

extension PipelineOptions {
  /// How maps are drawn, with what the profile says.
  var mapDrawing: MapDrawing {
    var drawing = drawing.drawing
    drawing.profile = methods.convention.profile
    return drawing
  }
}

extension Console {
  /// Runs a pipeline with progress and warnings on this console.
  func watch<Value>(_ run: (PipelineHandlers) throws -> Value) throws -> Value {
    var progress = Progress("maps", total: 0, on: self)
    defer { progress.end() }
    do {
      return try run(
        PipelineHandlers(
          progress: { now in
            progress.total = now.total
            progress.update(now.done, current: "\(now.image), \(now.method)")
          },
          warning: { self.remark("warning: \($0)") }))
    } catch let error as ImagesFailed {
      report(error)
      throw error
    }
  }
}

extension MapsProvenance {
  /// The digests that results of experiments are stored under.
  static let digests = MapsProvenance(
    program: CodeVersion.program, network: { $0.fingerprint.hex },
    input: { input in Digest { $0.add(input) }.hex })
}
