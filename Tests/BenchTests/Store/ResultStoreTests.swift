import Foundation
import GRDB
import SaliencyCore
import Support
import Synchronization
import Testing

@testable import Bench
@testable import Metrics

@Suite struct ResultStoreTests {
  static let a = Digest(of: "a"), b = Digest(of: "b"), m = Digest(of: "m"), n = Digest(of: "n")

  static func unit(_ key: Digest, scores: [Digest: ScoreResult] = [:], map: StoredMap? = nil) -> UnitResult {
    UnitResult(
      key: key, outcome: .done, passes: Passes(forward: 3, backward: 2), matched: 4, defect: nil,
      scores: scores,
      map: map)
  }

  static func store(_ folder: TemporaryFolder, owner: ProcessIdentity = .current) throws -> ResultStore {
    let store = try ResultStore(path: folder.path + "/store.sqlite", owner: owner)
    try store.register(metrics: [(m, "m"), (n, "n")])
    return store
  }

  @Test func whatIsMissingIsKnown() throws {
    let folder = try TemporaryFolder()
    let store = try Self.store(folder)
    let wanted = [
      (unit: Self.a, metrics: [Self.m, Self.n], map: true), (unit: Self.b, metrics: [Self.m], map: false),
    ]
    #expect(try store.missing(wanted).map(\.isNew) == [true, true])
    try store.save(Self.unit(Self.a, scores: [Self.m: ScoreResult(outcome: .done, score: Score(0.5))]))
    #expect(
      try store.missing(wanted) == [
        ResultStore.Missing(metrics: [Self.n], map: true),
        ResultStore.Missing(isNew: true, metrics: [Self.m]),
      ])
    let map = StoredMap(shape: [1, 2, 1], values: [1, -2])
    try store.save(
      Self.unit(
        Self.a, scores: [Self.n: ScoreResult(outcome: .failed, score: Score([nil, nil], reason: "why"))],
        map: map))
    #expect(try store.missing(wanted)[0].isNothing)
    // A unit that failed as a whole has nothing to wait for.
    try store.save(UnitResult(key: Self.b, outcome: .failed, reason: "no"))
    #expect(try store.missing(wanted)[1].isNothing)
  }

  /// A new file, turned to write-ahead logging by whoever comes first.
  @Test func manyMayOpenANewStoreAtTheSameMoment() throws {
    for _ in 0..<40 {
      let folder = try TemporaryFolder()
      let path = folder.path + "/store.sqlite"
      let errors = Mutex<[String]>([])
      let openings = DispatchGroup()
      for _ in 0..<8 {
        openings.enter()
        Thread.detachNewThread {
          do { _ = try ResultStore(path: path) } catch { errors.withLock { $0.append("\(error)") } }
          openings.leave()
        }
      }
      openings.wait()
      #expect(errors.withLock(\.self) == [])
    }
  }

  @Test func savingTwiceChangesNothing() throws {
    let folder = try TemporaryFolder()
    let store = try Self.store(folder)
    let score = ScoreResult(
      outcome: .done,
      score: Score(
        [0.25, nil], curves: [Curve("c", xTitle: "x", yTitle: "y", x: [0, 1], y: [1, nil])], reason: "r"))
    for value in [score, ScoreResult(outcome: .done, score: Score([0.75, 1]))] {
      try store.save(Self.unit(Self.a, scores: [Self.m: value]))
    }
    let rows = try store.read { try Row.fetchAll($0, sql: "SELECT part, outcome, value, reason FROM scores") }
    #expect(
      rows.map { "\($0)" } == [
        "[part:0 outcome:0 value:0.25 reason:NULL]", "[part:1 outcome:1 value:NULL reason:\"r\"]",
      ])
    let curve = try #require(try store.read { try Data.fetchOne($0, sql: "SELECT y FROM curves") })
    #expect(curve.floats[0] == 1 && curve.floats[1].isNaN)
  }

  @Test func questionsAreKeptByPlace() throws {
    let folder = try TemporaryFolder()
    let store = try Self.store(folder)
    let states: [RequestRecord.State] = [
      .resolved(
        .init(classIndex: 3, className: "zebra", probability: 0.5, pixels: Self.a, annotations: Self.b)),
      .skipped("no class"), .failed("no file"),
    ]
    for (i, state) in states.enumerated() {
      try store.save(
        RequestRecord(place: RequestPlace(model: 0, image: i, target: "top"), stamp: "s\(i)", state: state))
    }
    let found = try store.requests()
    #expect(states.indices.map { found[RequestPlace(model: 0, image: $0, target: "top")]?.state } == states)
    #expect(try store.request(at: RequestPlace(model: 0, image: 1, target: "top"))?.stamp == "s1")
    #expect(try store.request(at: RequestPlace(model: 1, image: 1, target: "top")) == nil)
  }

  @Test func anotherPlanForgetsPlacesAndKeepsResults() throws {
    let folder = try TemporaryFolder()
    let store = try Self.store(folder)
    try store.begin(plan: Self.a)
    try store.save(
      RequestRecord(place: RequestPlace(model: 0, image: 0, target: "top"), stamp: "", state: .skipped("x"))
    )
    try store.save(Self.unit(Self.a))
    try store.begin(plan: Self.a)
    #expect(try store.requests().count == 1)
    try store.begin(plan: Self.b)
    #expect(try store.requests().isEmpty)
    #expect(try store.missing([(Self.a, [], false)])[0].isNothing)
  }

  static let place = RequestPlace(model: 0, image: 0, target: "top")

  @Test func aClaimHoldsWhileItsProcessLives() throws {
    let folder = try TemporaryFolder()
    // Process 1 always lives; its start is not that of this process.
    let parent = try #require(ProcessIdentityTests.parent)
    let other = try Self.store(folder, owner: parent)
    let mine = try Self.store(folder)
    #expect(try other.take(.place(Self.place)))
    #expect(try !mine.take(.place(Self.place)), "another living process has it")
    #expect(
      try !mine.take(.place(Self.place), now: Date().addingTimeInterval(1e6)), "a process seen alive keeps it"
    )
    #expect(throws: StoreError.otherExperiment(path: mine.path, process: "\(parent.pid)")) {
      try mine.begin(plan: Self.b)
    }
    try mine.release([.place(Self.place)])
    #expect(try !mine.take(.place(Self.place)), "only the owner releases")
    try other.release([.place(Self.place)])
    #expect(try mine.take(.place(Self.place)))
    #expect(try mine.take(.place(Self.place)), "its own claim again")
  }

  @Test func theFirstPlanHoldsUntilItsProcessesHaveEnded() throws {
    let folder = try TemporaryFolder()
    let parent = try #require(ProcessIdentityTests.parent)
    let other = try Self.store(folder, owner: parent)
    let mine = try Self.store(folder)
    try other.begin(plan: Self.a)
    #expect(throws: StoreError.otherExperiment(path: mine.path, process: "\(parent.pid)")) {
      try mine.begin(plan: Self.b)
    }
    try mine.begin(plan: Self.a)
    try other.releaseAll()
    try mine.begin(plan: Self.b)
    #expect(throws: StoreError.self) { try other.begin(plan: Self.a) }
  }

  @Test func aDeadProcessHoldsNothing() throws {
    let folder = try TemporaryFolder()
    var dead = ProcessIdentity.current
    dead.started = "1"
    #expect(try Self.store(folder, owner: dead).take(.place(Self.place)))
    #expect(try Self.store(folder).take(.place(Self.place)))
  }

  @Test func elsewhereALeaseDecides() throws {
    let folder = try TemporaryFolder()
    let elsewhere = try Self.store(
      folder, owner: ProcessIdentity(place: "another machine", pid: 1, started: "1"))
    let mine = try Self.store(folder)
    let start = Date()
    #expect(try elsewhere.take(.place(Self.place), now: start))
    #expect(try !mine.take(.place(Self.place), now: start.addingTimeInterval(ResultStore.lease - 1)))
    try elsewhere.renewClaims(now: start.addingTimeInterval(100))
    #expect(try !mine.take(.place(Self.place), now: start.addingTimeInterval(ResultStore.lease + 1)))
    #expect(try mine.take(.place(Self.place), now: start.addingTimeInterval(101 + ResultStore.lease)))
  }

  @Test func aFullDiskIsSaidAndWhatWasThereStays() throws {
    let folder = try TemporaryFolder()
    let store = try Self.store(folder)
    try store.save(Self.unit(Self.a))
    let pages = try store.read { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
    try store.database.inDatabase { try $0.execute(sql: "PRAGMA max_page_count = \(pages + 2)") }
    let map = StoredMap(shape: [64, 64, 3], values: Array(repeating: 1, count: 64 * 64 * 3))
    #expect(throws: StoreError.diskFull(path: folder.path)) { try store.save(Self.unit(Self.b, map: map)) }
    #expect(try store.missing([(Self.a, [], false), (Self.b, [], false)]).map(\.isNew) == [false, true])
  }

  @Test func whatIsNoStoreIsSaid() throws {
    let folder = try TemporaryFolder()
    let text = try folder.write(String(repeating: "no database, ", count: 100), to: "store.sqlite")
    #expect(throws: StoreError.notAStore(path: text, reason: "file is not a database")) {
      try ResultStore(path: text)
    }
    let missing = folder.path + "/none/store.sqlite"
    #expect(throws: StoreError.self) { try ResultStore(path: missing) }
    let later = folder.path + "/later.sqlite"
    try ResultStore(path: later).setMeta(["format": "9"])
    #expect(throws: StoreError.notAStore(path: later, reason: "its format is 9, this version reads 1")) {
      try ResultStore(path: later)
    }
  }

  @Test func aFolderIsTriedBeforeAnythingIsComputed() throws {
    let folder = try TemporaryFolder()
    try folder.write("", to: "file")
    #expect(
      throws: StoreError.folderNotWritable(
        path: folder.path + "/file/run", reason: folder.path + "/file is a file")
    ) {
      try DiskSpace.prepare(folder.path + "/file/run")
    }
    #expect(throws: StoreError.self) { try DiskSpace.prepare("/proc/run") }
    try DiskSpace.prepare(folder.path + "/new/run")
    #expect(FolderImages.isFolder(folder.path + "/new/run"))
  }

  @Test func errorsSayWhatToDo() {
    #expect(
      "\(StoreError.diskFull(path: "out/run"))"
        == "out/run: the disk is full; what was finished is kept, so make room and run the same command again"
    )
    #expect(
      "\(StoreError.folderNotWritable(path: "out", reason: "Read-only file system"))"
        == "out: results cannot be written here (Read-only file system); choose another folder with --output")
  }
}

@Suite struct ProcessIdentityTests {
  /// The process that started this one: alive, and another.
  static var parent: ProcessIdentity? {
    var identity = ProcessIdentity.current
    identity.pid = Int(getppid())
    guard let stat = try? String(contentsOfFile: "/proc/\(identity.pid)/stat", encoding: .utf8),
      let end = stat.lastIndex(of: ")")
    else { return nil }
    identity.started = String(stat[stat.index(after: end)...].split(separator: " ")[19])
    return identity
  }

  @Test func livingAndDeadAreTold() throws {
    #expect(ProcessIdentity.current.isAlive == true)
    #expect(try #require(Self.parent).isAlive == true)
    var gone = ProcessIdentity.current
    gone.started += "0"
    #expect(gone.isAlive == false, "the number was given to another process")
    gone.pid = 4_194_305
    #expect(gone.isAlive == false)
    gone.place = "elsewhere"
    #expect(gone.isAlive == nil)
  }
}
