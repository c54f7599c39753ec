import GRDB

/// A store as a test looks into it, which waits where another connection is not yet done closing.
func patientQueue(_ path: String) throws -> DatabaseQueue {
  var configuration = Configuration()
  configuration.busyMode = .timeout(60)
  return try DatabaseQueue(path: path, configuration: configuration)
}
