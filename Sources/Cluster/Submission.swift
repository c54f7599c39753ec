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

  package init(
    program: String, experiment: String, run: String, name: String, shards: Int, tasks: Int?, processors: Int,
    time: String?, memory: String?, partition: String?, options: [String], scratch: String?,
    copyEvery: Double,
    jobs: [String] = [], merge: String? = nil
  ) {
    self.program = program
    self.experiment = experiment
    self.run = run
    self.name = name
    self.shards = shards
    self.tasks = tasks
    self.processors = processors
    self.time = time
    self.memory = memory
    self.partition = partition
    self.options = options
    self.scratch = scratch
    self.copyEvery = copyEvery
    self.jobs = jobs
    self.merge = merge
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
