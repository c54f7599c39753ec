import Foundation

/// How a command ended.
struct CommandEnd {
  enum Status: Equatable {
    case exited(Int32)
    case signal(Int32)
    /// It used no processor time and did not end.
    case stuck
    /// It used more processor time than it may, or was still at work long after.
    case tooSlow
  }

  var status: Status
  /// Time on the clock.
  var seconds: Double
  /// The most bytes of memory that the process, or one that it started, held at once.
  var memory: Int
  /// What was written to standard error.
  var errors: String
}

/// Runs shell commands as processes that may die, hang, or be killed.
struct MutantProcess {
  /// A folder for what the process writes.
  let scratch: String
  /// Most seconds of processor time.
  let seconds: Int

  /// Runs a command and waits for its end.
  ///
  /// A process that sleeps counts as stuck after `seconds` on the clock. One that works is given up after twelve times as
  /// much, because the machine may have other work.
  func run(_ command: String) throws -> CommandEnd {
    let start = ContinuousClock.now
    let process = try spawn(command)
    var usage = rusage()
    var status: Int32 = 0
    var verdict: CommandEnd.Status?
    var (lastLook, lastTime) = (0.0, -1.0)
    while wait4(process, &status, WNOHANG, &usage) == 0 {
      let elapsed = (ContinuousClock.now - start) / .seconds(1)
      if verdict == nil, elapsed > Double(seconds), elapsed - lastLook > 1 {
        let time = Self.processorSeconds(ofGroup: process)
        if time == lastTime { verdict = .stuck }
        if elapsed > 12 * Double(seconds) { verdict = .tooSlow }
        (lastLook, lastTime) = (elapsed, time)
        if verdict != nil { kill(-process, SIGKILL) }
      }
      usleep(elapsed < 0.1 ? 500 : 5000)
    }
    // What it has started and left behind.
    kill(-process, SIGKILL)
    return CommandEnd(
      status: verdict ?? Self.status(status), seconds: (ContinuousClock.now - start) / .seconds(1),
      memory: usage.ru_maxrss << 10, errors: errors())
  }

  private static func status(_ status: Int32) -> CommandEnd.Status {
    let signal = status & 0x7F
    if signal == 0 { return .exited(status >> 8 & 0xFF) }
    return signal == SIGXCPU ? .tooSlow : .signal(signal)
  }

  private var errorsPath: String { scratch + "/errors" }

  private func errors() -> String {
    guard let file = FileHandle(forReadingAtPath: errorsPath) else { return "" }
    defer { try? file.close() }
    return String(decoding: (try? file.read(upToCount: 1 << 16)) ?? Data(), as: UTF8.self)
  }

  private func spawn(_ command: String) throws -> pid_t {
    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&files, 2, errorsPath, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)
    // A backtrace takes seconds, and the signal says enough.
    var environment = ProcessInfo.processInfo.environment
    environment["SWIFT_BACKTRACE"] = "enable=no"
    var arguments = ["/bin/sh", "-c", command].map { (word: String) in strdup(word) } + [nil]
    var variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer {
      arguments.forEach { free($0) }
      variables.forEach { free($0) }
    }
    var process: pid_t = 0
    let failure = posix_spawn(&process, "/bin/sh", &files, &attributes, &arguments, &variables)
    guard failure == 0 else { throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .EAGAIN) }
    return process
  }

  /// Processor time of all processes of a group: fields `utime` and `stime` of /proc/PID/stat.
  private static func processorSeconds(ofGroup group: pid_t) -> Double {
    let processes = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).filter {
      Int($0) != nil
    }
    var ticks = 0.0
    for process in processes {
      guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
        let name = stat.lastIndex(of: ")")
      else { continue }
      // After the name come the state, the parent, the group, and at places 11 and 12 the times.
      let fields = stat[name...].split(separator: " ")
      guard fields.count > 13, fields[3] == "\(group)" else { continue }
      ticks += (Double(fields[12]) ?? 0) + (Double(fields[13]) ?? 0)
    }
    return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
  }
}
