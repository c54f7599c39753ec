internal import Configuration
internal import Foundation
internal import SaliencyCore

/// What two runs disagree on, in words.
struct ManifestDifference: Sendable, Equatable {
  var what: String
  var first: String
  var second: String
  var advice: String
}

extension Manifest {
  /// The first difference that makes results of two runs incomparable; nil if there is none.
  func difference(from other: Manifest) -> ManifestDifference? {
    parameterDifference(from: other) ?? modelDifference(from: other) ?? imageDifference(from: other)
      ?? codeDifference(from: other) ?? versionDifference(from: other)
  }

  private func codeDifference(from other: Manifest) -> ManifestDifference? {
    guard code != other.code else { return nil }
    if program(of: code) == program(of: other.code) {
      return ManifestDifference(
        what: "the instructions used", first: processor, second: other.processor,
        advice:
          "last bits may differ, so use nodes with AVX2 or AVX-512 (sbatch --constraint), or set "
          + "SALIENCY_ISA=baseline on all of them, and compute the others again")
    }
    return ManifestDifference(
      what: "the program", first: "\(program) (\(code.prefix(16)))",
      second: "\(other.program) (\(other.code.prefix(16)))",
      advice: "run the same build everywhere and compute the others again")
  }

  /// The program's part of a code, in front of how it rounds.
  private func program(of code: String) -> Substring { code.prefix { $0 != " " } }

  /// Methods and metrics of other packages have versions of their own.
  private func versionDifference(from other: Manifest) -> ManifestDifference? {
    let (mine, theirs) = (methods + metrics, other.methods + other.metrics)
    guard let (here, there) = zip(mine, theirs).first(where: { $0.version != $1.version }) else { return nil }
    return ManifestDifference(
      what: "the version of \(here.name)", first: here.version ?? "none", second: there.version ?? "none",
      advice:
        "run the same build everywhere, or declare a version in the type (Guides/WritingAMethod.md), and compute the others "
        + "again")
  }

  private func modelDifference(from other: Manifest) -> ManifestDifference? {
    for (mine, theirs) in zip(models, other.models) {
      if mine.fingerprint != theirs.fingerprint {
        return ManifestDifference(
          what: "the digest of the weights of model \(mine.name)", first: String(mine.fingerprint.prefix(12)),
          second: String(theirs.fingerprint.prefix(12)),
          advice: "nodes see different files; give all the same one and compute the others again")
      }
      if mine.layer != theirs.layer {
        return ManifestDifference(
          what: "the layer of model \(mine.name)", first: mine.layer ?? "none",
          second: theirs.layer ?? "none",
          advice: "compute the others again")
      }
    }
    return nil
  }

  private func imageDifference(from other: Manifest) -> ManifestDifference? {
    let advice =
      "the data set has changed, or nodes see different copies of it; compute the others again on the same files"
    if images.count != other.images.count || requests != other.requests {
      return ManifestDifference(
        what: "the data set", first: "\(images.count) images, \(requests) requests",
        second: "\(other.images.count) images, \(other.requests) requests", advice: advice)
    }
    guard let i = images.indices.first(where: { images[$0] != other.images[$0] }) else { return nil }
    return ManifestDifference(
      what: "image \(i + 1)", first: images[i], second: other.images[i], advice: advice)
  }

  private func parameterDifference(from other: Manifest) -> ManifestDifference? {
    guard experiment != other.experiment else { return nil }
    func tree(_ text: String) -> ParameterTree {
      (try? JSONDecoder().decode(ParameterTree.self, from: Data(text.utf8))) ?? .string(text)
    }
    let (path, mine, theirs) = Self.firstDifference("", tree(experiment), tree(other.experiment))
    return ManifestDifference(
      what: "the experiment's \(path)", first: mine, second: theirs,
      advice: "the file was changed between shards; compute the others again with the same one")
  }

  /// The path to the first place where two trees differ, and what is there: `methods[2].smooth-grad.samples`.
  private static func firstDifference(
    _ path: String, _ a: ParameterTree, _ b: ParameterTree
  ) -> (String, String, String) {
    switch (a, b) {
    case (.map(let x), .map(let y)):
      for key in Set(x.keys).union(y.keys).sorted() where x[key] != y[key] {
        guard let mine = x[key], let theirs = y[key] else {
          return ("\(path)\(path.isEmpty ? "" : ".")\(key)", text(x[key]), text(y[key]))
        }
        return firstDifference("\(path)\(path.isEmpty ? "" : ".")\(key)", mine, theirs)
      }
    case (.list(let x), .list(let y)) where x.count == y.count:
      for i in x.indices where x[i] != y[i] { return firstDifference("\(path)[\(i + 1)]", x[i], y[i]) }
    default: break
    }
    return (path, text(a), text(b))
  }

  private static func text(_ tree: ParameterTree?) -> String { tree.map { "\($0)" } ?? "absent" }
}
