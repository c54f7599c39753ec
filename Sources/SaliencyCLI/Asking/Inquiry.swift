internal import Imaging
internal import ModelLibrary
internal import SaliencyCore

/// Every method asked about every class of every picture, one picture at a time, so that memory does not grow with them.
struct Inquiry {
  let pictures: PictureOptions
  let model: ModelOptions
  let question: QuestionOptions
  let methods: MethodSelection
  let console: Console
  /// What the caller will need and can be had beforehand: done on another thread, while the model is read.
  var preparation: @Sendable () -> Void = {}

  /// Up to here a command ends too soon to earn back what memory for many passes costs at first.
  private static let fewPictures = 8

  /// Hands the answers about each class of each picture to `visit`, in order.
  ///
  /// - Returns: The usual methods that do not suit the model.
  /// - Throws: What is wrong with the pictures, the model, or the question; what `visit` throws. A method that cannot
  ///   answer stops nothing.
  @discardableResult
  func run(_ visit: (PictureQuestion, [MethodAnswer]) throws -> Void) throws -> [LeftOutMethod] {
    let files = try pictures.files()
    Execution.expectsManyPasses = files.count > Self.fewPictures
    // The first picture is decoded while the model is read, and what is needed last comes after it.
    var first = files.first.map { [pictures] file in Ahead { try pictures.read(file) } }
    let prepared = Ahead(preparation)
    var desk = try ModelDesk(model.request)
    var chosen: (applied: [any SaliencyMethod], leftOut: [LeftOutMethod])?
    var progress = Progress("maps", total: 0, on: console)
    for (index, file) in files.enumerated() {
      let picture = try first?.value() ?? pictures.read(file)
      first = nil
      let loaded = try desk.model(for: picture)
      // What suits a model does not depend on the size of its input.
      let (methods, leftOut) = chosen ?? self.methods.methods(for: loaded.model)
      chosen = (methods, leftOut)
      let perPicture = methods.count * max(question.target.count, 1)
      progress.total = files.count * perPicture
      let rows = try PictureQuestion.all(
        about: file, picture, by: loaded, question, reach: methods.reach(in: loaded.model))
      for (number, row) in rows.enumerated() {
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
    return chosen?.leftOut ?? []
  }
}
