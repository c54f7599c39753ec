internal import Imaging
internal import ModelLibrary
internal import SaliencyCore

/// The images of a run that could not be read or explained.
///
/// The run continues with the other images.
public struct ImageFailures: Sendable {
  /// The number of images of the run.
  public let total: Int
  /// One sentence for each failed image, beginning with its path.
  public private(set) var sentences: [String] = []

  package init(total: Int) { self.total = total }

  /// Processes one image.
  ///
  /// - Returns: The result of `body`; nil if it failed, which is noted.
  /// - Throws: The error of `body` if there is only one image, or if the error would be the same for every image.
  package mutating func attempt<Value>(_ file: ImageFile, _ body: () throws -> Value) throws -> Value? {
    do {
      return try body()
    } catch {
      guard total > 1, !(error is CancellationError), !Self.isAboutEveryImage(error) else { throw error }
      let sentence = ErrorText.sentence(error)
      sentences.append(sentence.hasPrefix(file.path) ? sentence : "\(file.path): \(sentence)")
      return nil
    }
  }

  /// The error that a run with failed images ends with.
  ///
  /// - Throws: ``ImagesFailed`` if there are any.
  public func check() throws(ImagesFailed) {
    if !sentences.isEmpty { throw ImagesFailed(sentences: sentences, total: total) }
  }

  /// As ``check()``, if every image failed.
  package func checkSomeIsLeft() throws(ImagesFailed) { if sentences.count == total { try check() } }

  /// Whether an error is about the model or the request, and not about an image.
  private static func isAboutEveryImage(_ error: any Error) -> Bool {
    if case GraphError.unknownNode = error { return true }
    return error is TargetError || error is LibraryError || error is YAMLError || error is PreprocessingError
  }
}

/// Some images could not be read or explained.
public struct ImagesFailed: Error, Equatable, CustomStringConvertible {
  /// One sentence for each failed image.
  public let sentences: [String]
  /// The number of images of the run.
  public let total: Int

  public var description: String {
    sentences.count == total
      ? "none of the \(total) images could be used, for the reasons above; nothing was written"
      : "\(sentences.count) of \(total) images could not be used, for the reasons above; the others are done"
  }
}
