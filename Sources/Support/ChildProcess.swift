internal import Foundation

/// Programs of the system, run to their end.
///
/// Foundation's `Process` needs a thread and six open files, and waits without end if it gets no thread.
package enum ChildProcess {
  /// Why a program could not be started.
  package struct NotStarted: Error {
    /// Whether there is no such program.
    package let isMissing: Bool
    package let reason: String
  }

  /// Runs a program, found on the `PATH`, without input and output.
  ///
  /// - Parameter errors: The file that its errors are written to.
  /// - Returns: Its exit code; 128 and the signal's number if a signal ended it.
  package static func run(
    _ name: String, _ arguments: [String], errors: String
  ) throws(NotStarted) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    let strings = ([name] + arguments).map { strdup($0) }
    defer { strings.forEach { free($0) } }
    var child = pid_t()
    let failure = posix_spawnp(&child, name, &actions, nil, strings + [nil], environ)
    guard failure == 0 else {
      throw NotStarted(isMissing: failure == ENOENT, reason: String(cString: strerror(failure)))
    }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 {
      guard errno == EINTR else {
        throw NotStarted(isMissing: false, reason: String(cString: strerror(errno)))
      }
    }
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
  }
}
