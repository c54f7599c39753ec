internal import Imaging
internal import ModelLibrary
internal import SaliencyCore

/// Applies every method to every class of every image, one image at a time, so that memory does not grow with them.
struct Inquiry {
  let pictures: PictureOptions
  let model: ModelOptions
  let question: QuestionOptions
  let methods: [any SaliencyMethod]
  let console: Console
  /// What the caller will need and can be had beforehand: done on another thread, while the model is read.
  var preparation: @Sendable () -> Void = {}

  /// Up to here a command ends too soon to earn back what memory for many passes costs at first.
  private static let fewPictures = 8

  /// Hands the answers about each class of each image to `visit`, in order.
  ///
  /// - Parameter files: The images, as `pictures` lists them.
  /// - Returns: The images that could not be read or explained; the others are done.
  /// - Throws: What is wrong with the model or the request; `ImagesFailed` if no image is left; what `visit` throws. A method
  ///   that cannot explain the model stops nothing.
  func run(
    _ files: [PictureFile], _ visit: (PictureQuestion, [MethodAnswer]) throws -> Void
  ) throws -> ImageFailures {
    Execution.expectsManyPasses = files.count > Self.fewPictures
    // The first image is decoded while the model is read, and what is needed last comes after it.
    var first = files.first.map { [pictures] file in Ahead { try pictures.read(file) } }
    let prepared = Ahead(preparation)
    var desk = try ModelDesk(model.request)
    var warnings = ModelWarnings(console)
    var failures = ImageFailures(total: files.count)
    let reach = methods.map { $0.reach }.max() ?? .pixels
    let perPicture = methods.count * question.target.count
    var progress = Progress("maps", total: files.count * perPicture, on: console)
    for (index, file) in files.enumerated() {
      let rows = try failures.attempt(file) {
        let decoded = first
        first = nil
        let picture = try decoded?.value() ?? pictures.read(file)
        let loaded = try desk.model(for: picture)
        warnings.check(loaded)
        return try PictureQuestion.all(about: file, picture, by: loaded, question, reach: reach)
      }
      for (number, row) in (rows ?? []).enumerated() {
        var answers: [MethodAnswer] = []
        for method in methods {
          let done = index * perPicture + number * methods.count + answers.count
          progress.update(done, current: "\(file.name), \(type(of: method).descriptor.title)")
          answers.append(MethodAnswer(of: method, to: row.question))
        }
        try visit(row, answers)
      }
    }
    progress.end()
    try prepared.value()
    try failures.reportIfNoneIsLeft(to: console)
    return failures
  }
}
