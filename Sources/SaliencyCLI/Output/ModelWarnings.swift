internal import ModelLibrary

/// Warnings about how a model is used, each printed once.
struct ModelWarnings {
  private let console: Console
  private var printed = Set<String>()

  init(_ console: Console) { self.console = console }

  /// Prints the warning about a model's input, if there is one.
  mutating func check(_ loaded: LoadedModel) {
    if let warning = loaded.inputWarning { note(warning) }
  }

  /// Prints a warning.
  mutating func note(_ warning: String) {
    if printed.insert(warning).inserted { console.remark("warning: \(warning)") }
  }
}
