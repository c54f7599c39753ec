internal import Methods
internal import SaliencyCore

/// What a command is run with: the methods it knows, and where it writes.
///
/// ArgumentParser makes the commands, so they cannot be handed these; a task-local value reaches them without a
/// mutable global.
struct Invocation: Sendable {
  let methods: MethodCatalog
  let console: Console

  @TaskLocal static var current = Invocation(methods: .standard, console: .standard)
}
