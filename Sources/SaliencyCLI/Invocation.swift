internal import Bench
internal import Methods
internal import Metrics
internal import SaliencyCore

/// What a command is run with: the methods and metrics it knows, and where it writes.
///
/// ArgumentParser makes the commands, so they cannot be handed these; a task-local value reaches them without a
/// mutable global.
struct Invocation: Sendable {
  let methods: MethodCatalog
  let metrics: MetricCatalog
  let console: Console

  /// What an experiment may name.
  var catalogs: Catalogs { Catalogs(methods: methods, metrics: metrics) }

  @TaskLocal static var current = Invocation(methods: .standard, metrics: .standard, console: .standard)
}
