/// Options and commands that have a new name.
///
/// The old one is refused with a sentence that names the new one.
enum RenamedOptions {
  /// The new spelling of each option.
  private static let options = [
    "--colors": "--colormap", "--hold": "--set-input", "--at": "--background", "--nodes": "--tasks",
  ]

  /// The new spelling of each command.
  private static let commands = [
    "submit": "cluster submit", "status": "cluster status", "merge": "cluster merge",
  ]

  /// The sentence for an option that is not known; nil if the message is about something else.
  static func sentence(for message: String) -> String? {
    options.first { message.hasPrefix("Unknown option '\($0.key)'") }
      .map { "\($0.key) is now called \($0.value)" }
  }

  /// The sentence for a command that is not known; nil if it was never called so.
  static func sentence(forCommand name: String) -> String? {
    commands[name].map { "`saliency \(name)` is now called `saliency \($0)`" }
  }
}
