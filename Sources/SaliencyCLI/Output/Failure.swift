internal import ArgumentParser
internal import Foundation
internal import ModelLibrary

/// Why a command ended: one line for people, and an exit code for scripts.
struct Failure {
  /// What is printed; empty where everything has been said.
  let message: String
  let exitCode: Int32
  /// Whether the message is what was asked for (`--help`) rather than a complaint.
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
      let verb = arguments.first.flatMap { Verbs.names.contains($0) ? $0 : nil }
      let help = (["saliency"] + (verb.map { [$0] } ?? []) + ["--help"]).joined(separator: " ")
      message = "error: \(Self.oneLine(SaliencyCommand.message(for: error))); see `\(help)`"
    } else {
      // A line for each problem of a file.
      let sentences = (error as? YAMLError)?.each.map { Self.sentence($0) } ?? [Self.sentence(error)]
      message = sentences.map { "error: \($0)" }.joined(separator: "\n")
    }
  }

  /// What an error says, as one line.
  static func sentence(_ error: any Error) -> String {
    // Foundation's errors print as a dump of their insides; all of ours describe themselves.
    let isForeign = error is CocoaError || error is POSIXError || error is URLError
    return oneLine(isForeign ? error.localizedDescription : "\(error)")
  }

  private static func oneLine(_ text: String) -> String {
    let line = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.joined(
      separator: " ")
    return shown(line.last == "." ? String(line.dropLast()) : line)
  }

  /// The longest line, in Unicode scalars; a value from a file may have any length.
  private static let longest = 2000

  /// The text as a terminal can show it: characters that move or colour the text are written as their codes, and the middle of a
  /// very long text is left out.
  private static func shown(_ line: String) -> String {
    var plain = String.UnicodeScalarView()
    for scalar in line.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator:
        plain.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
      default: plain.append(scalar)
      }
    }
    guard plain.count > longest else { return String(plain) }
    return "\(String(plain.prefix(longest / 2))) ... \(String(plain.suffix(longest / 2)))"
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
