internal import Bench
internal import Methods
internal import Metrics
internal import SaliencyCore

/// The methods, metrics and console of a command.
///
/// ArgumentParser creates the commands, so their initialisers cannot take these; a task-local value needs no mutable global.
struct Invocation: Sendable {
  let methods: MethodCatalog
  let metrics: MetricCatalog
  let console: Console

  /// The catalogs that an experiment may name.
  var catalogs: Catalogs { Catalogs(methods: methods, metrics: metrics) }

  @TaskLocal static var current = Invocation(methods: .standard, metrics: .standard, console: .standard)
}
