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
    #expect(try bench.contents(of: "run/figures").contains { $0.hasSuffix(".pdf") }, "\(run.text)")
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
    // One of the three processes is `timeout`.
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
