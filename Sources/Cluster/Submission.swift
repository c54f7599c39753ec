internal import Foundation
internal import Support

/// The settings that the batch scripts of a run are written from.
package struct Submission: Codable, Equatable {
  /// The program, the experiment's file, and the run's folder, as absolute paths.
  package var program: String
  package var experiment: String
  package var run: String
  package var name: String
  package var shards: Int
  /// The largest number of tasks that run at a time; nil for no limit.
  package var tasks: Int?
  package var processors: Int
  package var time: String?
  package var memory: String?
  package var partition: String?
  /// Other options of sbatch, unchanged.
  package var options: [String]
  /// The folder of the tasks' stores while they run; nil for the node's own.
  package var scratch: String?
  package var copyEvery: Double
  /// The array jobs that were submitted, the last at the end.
  package var jobs: [String] = []
  /// The job that merges the shards, as it was submitted last.
  package var merge: String?

  /// - Parameter before: The last submission, which gives what the settings leave out.
  package init(
    _ settings: SubmissionSettings, over before: Submission? = nil, shards: Int, program: String,
    experiment: String, run: String, name: String
  ) {
    self.program = program
    self.experiment = experiment
    self.run = run
    self.name = name
    self.shards = shards
    tasks = settings.tasks ?? before?.tasks
    processors = settings.processors ?? before?.processors ?? 1
    time = settings.time ?? before?.time
    memory = settings.memory ?? before?.memory
    partition = settings.partition ?? before?.partition
    options = settings.options.isEmpty ? before?.options ?? [] : settings.options
    scratch = settings.scratch ?? before?.scratch
    copyEvery = settings.copyEvery ?? before?.copyEvery ?? 300
    guard let before, before.shards == shards else { return }
    jobs = before.jobs
    merge = before.merge
  }

  /// The folder of the scripts.
  package var folder: String { run + "/slurm" }

  /// Makes the folder of the scripts and that of the logs.
  ///
  /// - Throws: `FileWriteError`.
  package func makeFolder() throws {
    do {
      try FileManager.default.createDirectory(atPath: folder + "/logs", withIntermediateDirectories: true)
    } catch {
      throw FileWriteError(
        path: folder,
        reason: "the folder cannot be made (\(error.localizedDescription)); choose another with --output")
    }
  }
}

/// What a user asks of Slurm; nil for the default.
package struct SubmissionSettings {
  var shards: Int?
  var tasks: Int?
  var processors: Int?
  var time: String?
  var memory: String?
  var partition: String?
  var options: [String]
  var scratch: String?
  var copyEvery: Double?

  package init(
    shards: Int? = nil, tasks: Int? = nil, processors: Int? = nil, time: String? = nil, memory: String? = nil,
    partition: String? = nil, options: [String] = [], scratch: String? = nil, copyEvery: Double? = nil
  ) {
    self.shards = shards
    self.tasks = tasks
    self.processors = processors
    self.time = time
    self.memory = memory
    self.partition = partition
    self.options = options
    self.scratch = scratch
    self.copyEvery = copyEvery
  }
}
