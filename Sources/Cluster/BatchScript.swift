internal import Foundation

/// The scripts that `saliency cluster submit` writes: short, so that users can read and change them.
package struct BatchScript {
  let submission: Submission

  package init(_ submission: Submission) { self.submission = submission }

  /// The script of the array, whose tasks are the given shards.
  package func array(of shards: [Int]) -> String {
    let throttle = submission.tasks.map { "%\($0)" } ?? ""
    var options = [
      "--job-name=saliency-\(submission.name)", "--array=\(NumberRanges.text(shards))\(throttle)",
      "--nodes=1",
      "--ntasks=1", "--cpus-per-task=\(submission.processors)",
      "--output=\(submission.folder)/logs/%A_%a.log", "--open-mode=append", "--requeue",
    ]
    // Slurm warns only the shell, two minutes before the limit; the shell requeues the task.
    if submission.time != nil { options.append("--signal=B:USR1@120") }
    return header("sbatch '\(submission.folder)/array.sh'", options) + Self.traps + variables + Self.arrayBody
  }

  /// The script of the job that merges the shards.
  package var merge: String {
    let options = [
      "--job-name=saliency-\(submission.name)-merge", "--nodes=1", "--ntasks=1",
      "--cpus-per-task=\(submission.processors)", "--output=\(submission.folder)/logs/merge-%j.log",
      "--open-mode=append", "--requeue",
    ]
    return header("sbatch '\(submission.folder)/merge.sh'", options) + variables + Self.mergeBody
  }

  private func header(_ command: String, _ options: [String]) -> String {
    var all = options
    if let memory = submission.memory { all.append("--mem=\(memory)") }
    if let time = submission.time { all.append("--time=\(time)") }
    if let partition = submission.partition { all.append("--partition=\(partition)") }
    all += submission.options
    return """
      #!/bin/bash
      # Written by `saliency cluster submit`. Read it, change it, and submit it again with:
      #   \(command)

      """ + all.map { "#SBATCH \(Self.quoted($0))\n" }.joined() + "\n"
  }

  private var variables: String {
    let width = max("\(submission.shards)".count, 4)
    let memory = submission.memory.map { " --memory \(Self.memoryForProgram($0))" } ?? ""
    let scratch = submission.scratch.map(Self.shellQuoted) ?? "${SLURM_TMPDIR:-${TMPDIR:-/tmp}}"
    return """
      saliency=\(Self.shellQuoted(submission.program))
      experiment=\(Self.shellQuoted(submission.experiment))
      run=\(Self.shellQuoted(submission.run))
      shards=\(submission.shards)
      division=$(printf 'of-%0\(width)d' "$shards")
      # The node's disk: SQLite writes only here; the shared copy is replaced as a whole.
      scratch=\(scratch)
      options="--jobs \(submission.processors)\(memory) --copy-every \(submission.copyEvery)"
      folder=$run/shards/$(printf '%0\(width)d' "${SLURM_ARRAY_TASK_ID:-0}")-$division
      # Not every Slurm binds a task to its processors.
      export SALIENCY_THREADS=\(submission.processors)


      """
  }

  /// The first lines of the script: a signal before them kills the shell, and the shard needs `--missing`.
  private static let traps = #"""
    # Preempted, requeued or cancelled: the program finishes the units in work, copies its store, and ends.
    # Slurm starts a requeued task again, and it resumes from the copy.
    stopped=
    late=
    trap 'stopped=yes; kill -TERM $! 2>/dev/null' TERM
    # Two minutes before the time limit: the same, and requeue.
    trap 'stopped=yes; late=yes; kill -TERM $! 2>/dev/null' USR1


    """#

  private static let arrayBody = #"""
    mkdir -p "$folder"
    errors=$(mktemp)
    trap 'rm -f "$errors"' EXIT

    leave() {
      # The controller may be unreachable for a moment.
      [ -n "$late" ] && for try in 1 2 3 4 5 6; do
        scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID" && break
        sleep 5
      done
      exit "$1"
    }

    for attempt in 1 2 3; do
      [ -n "$stopped" ] && leave 143
      "$saliency" bench "$experiment" --shard "$SLURM_ARRAY_TASK_ID/$shards" --output "$run" --scratch "$scratch" \
        --reuse "$run/shards" $options 2>"$errors" &
      task=$!
      # A signal may have come before the program was started.
      [ -n "$stopped" ] && kill -TERM "$task"
      # `wait` returns at every trapped signal.
      while kill -0 "$task" 2>/dev/null; do wait "$task"; done
      wait "$task"
      code=$?
      cat "$errors" >&2
      [ "$code" -eq 0 ] && exit 0
      [ -n "$stopped" ] && leave "$code"
      reason=$(tail -n 1 "$errors" | tr '\t' ' ')
      [ "$code" -gt 128 ] && reason="killed by signal $((code - 128)) ${reason:-(9 is often too little memory)}"
      printf '%s\tjob %s\tnode %s\texit code %s\t%s\n' "$(date -u +%FT%TZ)" "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID" \
        "${SLURMD_NODENAME:-$(hostname)}" "$code" "$reason" >>"$folder/failures.log"
      sleep "$attempt"
    done
    # Other tasks continue; `saliency cluster status` prints the reason, and `saliency cluster submit --missing` tries again.
    exit 1

    """#

  private static let mergeBody = #"""
    # Runs when all tasks have ended. It names missing shards; `saliency cluster submit --missing` computes them.
    exec "$saliency" cluster merge "$run/shards/"*-"$division" --output "$run" --scratch "$scratch"

    """#

  /// The memory of the program: nine tenths of the task's, with a unit (Slurm's default is megabytes).
  static func memoryForProgram(_ text: String) -> String {
    let number = text.prefix { $0.isNumber || $0 == "." }
    let unit = text.dropFirst(number.count).uppercased()
    let megabytes: Double = ["K": 1.0 / 1024, "": 1, "M": 1, "G": 1024, "T": 1024 * 1024][unit] ?? 1
    return "\(max(Int((Double(number) ?? 0) * megabytes * 0.9), 1))M"
  }

  private static func shellQuoted(_ text: String) -> String {
    "'" + text.replacingOccurrences(of: "'", with: "'\\''") + "'"
  }

  /// An option of sbatch, in quotes where it has spaces.
  private static func quoted(_ option: String) -> String {
    guard option.contains(" "), let equals = option.firstIndex(of: "=") else { return option }
    return "\(option[...equals])\"\(option[option.index(after: equals)...])\""
  }
}
