internal import Imaging
internal import ModelLibrary
internal import SaliencyCore

/// Applies every method to every class of every image, one image at a time, so that memory does not grow with them.
struct Inquiry {
  let pictures: PictureOptions
  let model: ModelOptions
  let request: RequestOptions
  let methods: MethodSelection
  let console: Console
  /// What the caller will need and can be had beforehand: done on another thread, while the model is read.
  var preparation: @Sendable () -> Void = {}

  /// Up to here a command ends too soon to earn back what memory for many passes costs at first.
  private static let fewPictures = 8

  /// What was left undone.
  struct Outcome {
    /// The images that could not be read or explained.
    var failures: ImageFailures
    /// The usual methods that do not suit the model.
    var leftOut: [LeftOutMethod] = []
  }

  /// Hands the answers about each class of each image to `visit`, in order.
  ///
  /// - Parameter files: The images, as `pictures` lists them.
  /// - Throws: What is wrong with the model or the request; `ImagesFailed` if no image is left; what `visit` throws. A method
  ///   that cannot explain the model stops nothing.
  func run(
    _ files: [PictureFile], _ visit: (ImageRequest, [MethodAnswer]) throws -> Void
  ) throws -> Outcome {
    Execution.expectsManyPasses = files.count > Self.fewPictures
    // The first image is decoded while the model is read, and what is needed last comes after it.
    var first = files.first.map { [pictures] file in Ahead { try pictures.read(file) } }
    let prepared = Ahead(preparation)
    var desk = try ModelDesk(model.request)
    var warnings = ModelWarnings(console)
    var outcome = Outcome(failures: ImageFailures(total: files.count))
    var chosen: [any SaliencyMethod]?
    var progress = Progress("maps", total: 0, on: console)
    for (index, file) in files.enumerated() {
      let rows = try outcome.failures.attempt(file) {
        let decoded = first
        first = nil
        let picture = try decoded?.value() ?? pictures.read(file)
        let loaded = try desk.model(for: picture)
        warnings.check(loaded)
        // What suits a model does not depend on the size of its input.
        if chosen == nil { (chosen, outcome.leftOut) = self.methods.methods(for: loaded.model) }
        let reach = (chosen ?? []).reach(in: loaded.model)
        return try ImageRequest.all(about: file, picture, by: loaded, request, reach: reach)
      }
      let methods = chosen ?? []
      let perPicture = methods.count * max(request.target.count, 1)
      progress.total = files.count * perPicture
      for (number, row) in (rows ?? []).enumerated() {
        var answers: [MethodAnswer] = []
        for method in methods {
          let done = index * perPicture + number * methods.count + answers.count
          progress.update(done, current: "\(file.name), \(type(of: method).descriptor.title)")
          answers.append(MethodAnswer(of: method, to: row.request))
        }
        try visit(row, answers)
      }
    }
    progress.end()
    try prepared.value()
    try outcome.failures.reportIfNoneIsLeft(to: console)
    return outcome
  }
}
