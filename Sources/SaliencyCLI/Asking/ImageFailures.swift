internal import Imaging
internal import ModelLibrary
internal import SaliencyCore

/// The images of a command that could not be read or explained; the command does the others first.
struct ImageFailures {
  /// How many images the command was given.
  let total: Int
  private(set) var sentences: [String] = []

  init(total: Int) { self.total = total }

  /// Does something with one image.
  ///
  /// - Returns: What `body` returns; nil if it failed, which is noted.
  /// - Throws: What `body` throws if there is but one image, or if it would be the same for every image.
  mutating func attempt<Value>(_ file: PictureFile, _ body: () throws -> Value) throws -> Value? {
    do {
      return try body()
    } catch {
      guard total > 1, !Self.isAboutEveryImage(error) else { throw error }
      let sentence = Failure.sentence(error)
      sentences.append(sentence.hasPrefix(file.path) ? sentence : "\(file.path): \(sentence)")
      return nil
    }
  }

  /// Lists the failures.
  ///
  /// - Throws: `ImagesFailed` if there are any.
  func report(to console: Console) throws(ImagesFailed) {
    guard !sentences.isEmpty else { return }
    for sentence in sentences { console.note("error: \(sentence)") }
    throw ImagesFailed(count: sentences.count, total: total)
  }

  /// As `report`, if no image is left: there is nothing to write then.
  func reportIfNoneIsLeft(to console: Console) throws(ImagesFailed) {
    if sentences.count == total { try report(to: console) }
  }

  /// Whether an error is about the model or the request, and not about an image.
  private static func isAboutEveryImage(_ error: any Error) -> Bool {
    if case GraphError.unknownNode = error { return true }
    return error is TargetError || error is LibraryError || error is YAMLError || error is PreprocessingError
  }
}

/// Some images could not be read or explained.
struct ImagesFailed: Error, Equatable, CustomStringConvertible {
  let count: Int
  let total: Int

  var description: String {
    count == total
      ? "none of the \(total) images could be used, for the reasons above; nothing was written"
      : "\(count) of \(total) images could not be used, for the reasons above; the others are done"
  }
}
