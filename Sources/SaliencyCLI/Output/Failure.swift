internal import ArgumentParser
internal import ModelLibrary
internal import Pipeline

/// The end of a command that failed: one line of text, and an exit code.
struct Failure {
  /// What is printed; empty if everything is printed already.
  let message: String
  let exitCode: Int32
  /// Whether the message is the result of the command (`--help`) and not an error.
  let isAnswer: Bool

  init(_ error: any Error, arguments: [String] = []) {
    let code = SaliencyCommand.exitCode(for: error).rawValue
    exitCode = code
    isAnswer = code == 0
    if code == 0 {
      message = SaliencyCommand.fullMessage(for: error)
    } else if error is ExitCode {
      message = ""
    } else if code == ExitCode.validationFailure.rawValue {
      let help = (["saliency"] + Verbs.path(of: arguments) + ["--help"]).joined(separator: " ")
      let sentence = ErrorText.oneLine(SaliencyCommand.message(for: error))
      message = "error: \(RenamedOptions.sentence(for: sentence) ?? sentence); see `\(help)`"
    } else {
      // A line for each problem of a file.
      let sentences =
        (error as? YAMLError)?.each.map { ErrorText.sentence($0) } ?? [ErrorText.sentence(error)]
      message = sentences.map { "error: \($0)" }.joined(separator: "\n")
    }
  }

  /// Prints the message.
  ///
  /// - Returns: The exit code.
  func report(to console: Console) -> Int32 {
    if isAnswer {
      console.print(message)
    } else if !message.isEmpty {
      console.note(message)
    }
    return exitCode
  }
}
