import Foundation
import Testing

/// Commands where the system gives little: few files, threads, memory, or a file system that cannot be written to.
@Suite(
  .serialized,
  .enabled(if: BenchProcess.program != nil, "skipped: the program was not built beside the tests"))
struct LimitedProcessTests {
  /// Runs lines of a shell in which `$saliency` is the program; one that does not end is killed, and its exit code is 137.
  static func shell(_ lines: String, in bench: Workbench) throws -> (status: Int32, text: String) {
    let script = try bench.write(
      "cd '\(bench.path)'\nsaliency='timeout -s KILL 300 \(BenchProcess.program ?? "")'\n\(lines)\n",
      to: "lines-\(UUID().uuidString).sh")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [script]
    let output = bench["output-\(UUID().uuidString)"]
    _ = FileManager.default.createFile(atPath: output, contents: nil)
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: output)
    try process.run()
    process.waitUntilExit()
    let text = String(decoding: FileManager.default.contents(atPath: output) ?? Data(), as: UTF8.self)
    return (process.terminationStatus, text)
  }

  @Test func fewFilesAreEnough() throws {
    let bench = try BenchCommandTests.bench()
    let run = try Self.shell("ulimit -n 32\n$saliency bench e.yaml --output run", in: bench)
    #expect(run.status == 0, "\(run.text)")
    #expect(!run.text.contains("is not installed") || GnuplotThere.isMissing, "\(run.text)")
  }

  @Test func whyGnuplotDidNotDrawIsSaid() throws {
    let bench = try BenchCommandTests.bench()
    try FileManager.default.createDirectory(atPath: bench["bin"], withIntermediateDirectories: true)
    func run() throws -> (status: Int32, text: String) {
      try Self.shell("$saliency bench e.yaml --output run", in: bench, path: bench["bin"])
    }
    let missing = try run()
    #expect(
      missing.status == 0 && missing.text.contains("no figures: gnuplot is not installed"), "\(missing.text)")
    try bench.write("#!/bin/sh\necho 'no terminal' >&2\nexit 3\n", to: "bin/gnuplot")
    let forbidden = try run()
    #expect(
      forbidden.status == 1
        && forbidden.text.contains("error: no figures: gnuplot could not be started: Permission denied"),
      "\(forbidden.text)")
    #expect(try bench.contents(of: "run").contains("report.html"), "the rest is written")
    chmod(bench["bin/gnuplot"], 0o755)
    let broken = try run()
    #expect(
      broken.status == 1 && broken.text.contains("error: no figures: gnuplot says: no terminal"),
      "\(broken.text)")
  }

  private static func shell(
    _ lines: String, in bench: Workbench, path: String
  ) throws -> (status: Int32, text: String) {
    try shell("saliency=\"/usr/bin/$saliency\"\nPATH='\(path)'\n\(lines)", in: bench)
  }

  /// Below about 200 MB the program's libraries cannot be loaded, and the system's loader says so.
  @Test(arguments: [200_000, 250_000, 300_000, 350_000, 400_000, 500_000, 800_000])
  func littleMemoryEndsTheCommand(_ limit: Int) throws {
    let bench = try BenchCommandTests.bench()
    for command in [
      "bench e.yaml --output run", "predict pictures/0.png --model gap.h5",
      "explain pictures/0.png --model gap.h5 --output maps",
    ] {
      let run = try Self.shell("ulimit -v \(limit)\n$saliency \(command)", in: bench)
      #expect(run.status == 0 || run.status == 1, "\(command): \(run.status), \(run.text)")
      #expect(run.status == 0 || run.text.contains("error: "), "\(command): \(run.text)")
    }
  }

  /// Root is not bound by the limit of processes.
  private static let asUser = geteuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups " : ""
  private static let canBeAnother =
    (try? Workbench()).flatMap { bench in try? shell("\(asUser)$saliency --version", in: bench) }?.status == 0

  @Test(.enabled(if: canBeAnother, "skipped: the program cannot be run as a user without privileges"))
  func noThreadsEndTheCommand() throws {
    // One process is `timeout`; with fewer for the program, OpenBLAS ends it as it is loaded, with a message of its own.
    let bench = try BenchCommandTests.bench()
    let predict = try Self.shell(
      "\(Self.asUser)bash -c \"ulimit -u 3; exec $saliency predict pictures/0.png --model gap.h5\"", in: bench
    )
    #expect(predict.status != 137, "\(predict.text)")
    #expect(predict.status == 0 || predict.text.contains("error: "), "\(predict.text)")
    chmod(bench.path, 0o777)
    let run = try Self.shell(
      "\(Self.asUser)bash -c \"ulimit -u 3; exec $saliency bench e.yaml --output run\"", in: bench)
    #expect(run.status != 137, "\(run.text)")
    #expect(run.status == 0 || run.text.contains("error: "), "\(run.text)")
  }

  /// A mount of its own, which only root may make.
  private static let mayMount =
    geteuid() == 0 && (try? shell("unshare -m mount --bind / /mnt", in: Workbench()))?.status == 0

  @Test(.enabled(if: mayMount, "skipped: this user cannot mount a folder read-only"))
  func aRunOnAReadOnlyFileSystemIsRead() throws {
    let bench = try BenchCommandTests.bench()
    let made = try Self.shell(
      """
      set -e
      $saliency bench e.yaml --output run
      for k in 1 2; do $saliency bench e.yaml --output parts --shard $k/2; done
      cat > read.sh <<'END'
      set -e
      saliency=$1
      for folder in run parts; do mount --bind $folder $folder; mount -o remount,bind,ro $folder; done
      if touch run/x 2>/dev/null; then exit 9; fi
      $saliency tables run --format csv > tables.csv
      $saliency report run --output reported
      $saliency cluster merge parts/shards --output merged
      $saliency cluster status parts
      END
      unshare -m sh read.sh "$saliency"
      cmp tables.csv run/table.csv
      cmp reported/table.csv run/table.csv
      cmp merged/table.csv run/table.csv
      ls -A run
      """, in: bench)
    #expect(made.status == 0, "\(made.text)")
    #expect(!made.text.contains("run/store.sqlite-"), "\(made.text)")
  }
}

private enum GnuplotThere {
  static let isMissing = !["/usr/bin/gnuplot", "/usr/local/bin/gnuplot", "/bin/gnuplot"]
    .contains { FileManager.default.isExecutableFile(atPath: $0) }
}
