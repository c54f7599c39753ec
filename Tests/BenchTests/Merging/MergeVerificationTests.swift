import Foundation
import GRDB
import Imaging
import SaliencyCore
import Testing

@testable import Bench

/// Stores that do not belong together are refused, with what differs.
@Suite struct MergeVerificationTests {
  /// Two shards, the second of which says something else of itself.
  static func complaint(_ change: (inout Manifest) -> Void, meta: [String: String] = [:]) throws -> String {
    let tiny = try TinyRun()
    let folders = try (1...2).map { try StoreMergeTests.shard(tiny, $0, 2).folder }
    try Self.change(folders[1], change, meta: meta)
    let error = #expect(throws: MergeError.self) { try StoreMerge(folders, output: tiny.output) }
    return (error?.description ?? "").replacingOccurrences(of: tiny.output, with: "RUN")
  }

  /// Makes a shard's store say something else of itself.
  static func change(
    _ folder: String, _ change: (inout Manifest) -> Void, meta: [String: String] = [:]
  ) throws {
    let store = try ResultStore(path: folder + "/store.sqlite")
    var manifest = try MergeSource(store.path).manifest
    change(&manifest)
    try store.setMeta(
      meta.merging(["manifest": manifest.json, "manifest-digest": manifest.digest.hex]) { $1 })
  }

  static let start = "the stores were not made of the same: "

  @Test func otherWeights() throws {
    let text = try Self.complaint { $0.models[1].fingerprint = String(repeating: "ab", count: 32) }
    #expect(text.hasPrefix(Self.start + "the digest of the weights of model vgg is "), "\(text)")
    #expect(
      text.contains(
        " in RUN/shards/0001-of-0002 and abababababab in RUN/shards/0002-of-0002; nodes see different"))
  }

  @Test func anotherProgram() throws {
    let text = try Self.complaint { $0.code = "feedfeedfeedfeed fused" }
    #expect(
      text.hasPrefix(Self.start + "the program is ") && text.contains("run the same build everywhere"),
      "\(text)")
  }

  @Test func otherInstructions() throws {
    let text = try Self.complaint {
      $0.code = "\(CodeVersion.toolkit) separate"
      $0.processor = "baseline kernels"
    }
    #expect(text.hasPrefix(Self.start + "the instructions used is "), "\(text)")
    #expect(text.contains("sbatch --constraint") && text.contains("SALIENCY_ISA"))
  }

  /// AVX2 and AVX-512 give the same bits: their stores go together.
  @Test func otherVectorsAreNoDifference() throws {
    let tiny = try TinyRun()
    let folders = try (1...2).map { try StoreMergeTests.shard(tiny, $0, 2).folder }
    try Self.change(folders[1], { $0.processor = "avx2 kernels, another width" })
    #expect(try StoreMerge(folders, output: tiny.output).run()?.missing == 0)
  }

  @Test func otherParameters() throws {
    let text = try Self.complaint {
      $0.experiment = $0.experiment.replacingOccurrences(of: "\"samples\":4", with: "\"samples\":5")
    }
    #expect(
      text.hasPrefix(Self.start + "the experiment's methods[3].method.smooth-grad.samples is 4 in "),
      "\(text)")
    #expect(text.contains(" and 5 in "))
  }

  @Test func otherImages() throws {
    let more = try Self.complaint { $0.images.append("d.png") }
    #expect(more.hasPrefix(Self.start + "the data set is 3 images, 14 requests in "), "\(more)")
    let other = try Self.complaint { $0.images[1] = "e.png" }
    #expect(other.hasPrefix(Self.start + "image 2 is b.png in "), "\(other)")
  }

  @Test func otherPixels() throws {
    let text = try Self.complaint({ _ in }, meta: ["probe": "0123456789ab 0123456789ab (a.png)"])
    #expect(text.hasPrefix(Self.start + "what the networks saw of the same picture is "), "\(text)")
  }

  /// A picture that neither shard need have asked about, changed between them.
  @Test(arguments: ["a.png", "c.png"]) func anotherCopyOfThePictures(_ name: String) throws {
    let tiny = try TinyRun()
    let first = try StoreMergeTests.shard(tiny, 1, 2).folder
    let picture = Image(width: 16, height: 12) { row, column in RGB(UInt8(row), UInt8(column), 9) }
    try tiny.folder.write(try picture.pngData(), to: "data/\(name)")
    let second = try StoreMergeTests.shard(tiny, 2, 2).folder
    let error = #expect(throws: MergeError.self) { try StoreMerge([first, second], output: tiny.output) }
    let text = error?.description ?? ""
    #expect(text.hasPrefix(Self.start + "what the networks saw of the same picture is "), "\(text)")
    #expect(text.contains("(\(name)) in \(first) and ") && !text.contains("b.png"), "\(text)")
  }

  @Test func aRequestAboutOtherPixels() throws {
    let tiny = try TinyRun()
    let folders = try [(1, 1), (1, 2)].map { try StoreMergeTests.shard(tiny, $0, $1).folder }
    try patientQueue(folders[1] + "/store.sqlite").write {
      try $0.execute(sql: "UPDATE requests SET pixels = annotations WHERE outcome = 0")
    }
    let error = #expect(throws: MergeError.self) { try StoreMerge(folders, output: tiny.output).run() }
    #expect(error?.description.contains("what the network saw of ") == true, "\(error.debugDescription)")
  }

  @Test func whatIsNoStore() throws {
    let tiny = try TinyRun()
    let error = #expect(throws: MergeError.self) {
      try StoreMerge([tiny.folder.path + "/none"], output: tiny.output)
    }
    #expect(
      error?.description.hasSuffix("/none: there is no store.sqlite; wanted the folder of a shard or a run")
        == true)
  }

  @Test func twoMergesAtATime() throws {
    let tiny = try TinyRun()
    let folder = try StoreMergeTests.shard(tiny, 1, 1).folder
    let lock = try MergeLock(tiny.output)
    defer { lock.release() }
    let error = #expect(throws: MergeError.self) { try StoreMerge([folder], output: tiny.output).run() }
    #expect(error?.description == "\(tiny.output): another process is merging into this folder; wait for it")
  }
}
