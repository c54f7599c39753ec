import Foundation

/// Files with unusual names, and what is no regular file, in the place of every kind of input.
struct FileNameCategory: FuzzCategory {
  static let name = "file-name"
  static let about = "unusual names, links, FIFOs, devices and directories in place of files"
  static let weight = 6
  private let material: FuzzMaterial

  init?(_ material: FuzzMaterial) { self.material = material }

  /// What stands at the path.
  private enum Kind: CaseIterable {
    case copy, danglingLink, linkToItself, fifo, directory, empty, zeros, sparse, unreadable, missing, device,
      link
  }

  /// As what the path is given.
  private enum Use: CaseIterable {
    case image, imageInFolder, compared, explained, model, inspected, sidecar, labels, architecture,
      experiment, reproduction,
      output, run, imagesOfExperiment
  }

  private static let stems: [[UInt8]] =
    [
      "mutant", ".", "..", "...", "-x", "--help", "a b", "a\nb", "a\tb", "\u{1B}[31mred", "a\\b", "a'b",
      "a\"b", "a$(id)b", "a`id`b",
      "*", "?", "[a]", "a%20b", "a#b", "a:b", "~", "é", "e\u{301}", "\u{202E}gnp", "\u{FEFF}", "日本語", "=1+1",
      "<b>", "a,b", "a=b", "a|b",
      String(repeating: "x", count: 240), String(repeating: "é", count: 120), "CON", "{a,b}", "\u{1F600}",
      "a;b",
    ].map { Array($0.utf8) } + [
      [0xFF], [0x61, 0xC3], [0xED, 0xA0, 0x80], [0xC0, 0xAE], Array("caf".utf8) + [0xE9],
    ]

  func mutant(_ number: Int, _ random: inout MutantRandom, in folder: String) throws -> Mutant {
    let place = MutantRandom.place(
      of: number, among: Self.stems.count * Use.allCases.count, seed: material.seed)
    let stem = Self.stems[place % Self.stems.count]
    let use = Use.allCases[place / Self.stems.count]
    let kind: Kind = random.once(in: 2) ? .copy : random.element(of: Kind.allCases)
    let inner = folder + "/in"
    try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
    let path = Array((inner + "/").utf8) + stem + Array(suffix(of: use).utf8)
    make(kind, at: path, copyOf: original(for: use))
    return Mutant(
      change: "\(kind) as \(use), \(ShellCommand.quoted(stem))",
      command: try command(use, kind == .device ? Array("/dev/zero".utf8) : path, in: folder))
  }

  private func suffix(of use: Use) -> String {
    switch use {
    case .image, .imageInFolder, .compared, .explained, .output, .imagesOfExperiment: ".png"
    case .model, .inspected: ".h5"
    case .sidecar, .experiment, .reproduction: ".yaml"
    case .architecture: ".json"
    case .labels: ".txt"
    case .run: ""
    }
  }

  private func original(for use: Use) -> String {
    switch use {
    case .model, .inspected: FuzzMaterial.packaged("Data/scenes/scenes-gap.h5")
    case .sidecar: FuzzMaterial.packaged("Data/scenes/scenes-gap.yaml")
    case .experiment: FuzzMaterial.packaged("Experiments/benchmarks/scenes-hans-tag/experiment.yaml")
    case .reproduction: FuzzMaterial.packaged("Data/scenes/scenes-gap.yaml")
    case .labels, .architecture: FuzzMaterial.packaged("Data/scenes/scenes-gap.json")
    default: material.picture
    }
  }

  private func make(_ kind: Kind, at path: [UInt8], copyOf original: String) {
    func shell(_ text: String) { _ = try? material.shell(text) }
    let (target, source) = (ShellCommand.quoted(path), ShellCommand.quoted(Array(original.utf8)))
    switch kind {
    case .copy: shell("cp \(source) \(target)")
    case .link: shell("ln -s \(source) \(target)")
    case .danglingLink: shell("ln -s /nowhere/at/all \(target)")
    case .linkToItself: shell("ln -s \(target) \(target)")
    case .fifo: shell("mkfifo \(target)")
    case .directory: shell("mkdir \(target)")
    case .empty: shell(": > \(target)")
    case .zeros: shell("head -c 100000 /dev/zero > \(target)")
    case .sparse: shell("cp \(source) \(target); truncate -s 1T \(target)")
    case .unreadable: shell("cp \(source) \(target); chmod 000 \(target)")
    case .missing, .device: break
    }
  }

  private func command(_ use: Use, _ path: [UInt8], in folder: String) throws -> ShellCommand {
    func with(_ before: [String], _ after: [String] = []) -> ShellCommand {
      var command = ShellCommand(before)
      command.append(path)
      command.words += after.map { Array($0.utf8) }
      return command
    }
    let (model, picture, output) = (material.model, material.picture, folder + "/out")
    switch use {
    case .image: return with(["predict"], ["--model", model])
    case .imageInFolder: return ShellCommand("predict", folder + "/in", "--model", model)
    case .compared:
      return with(["compare"], ["--model", model, "--methods", "gradient", "--output", folder + "/maps.png"])
    case .explained:
      return with(["explain"], ["--model", model, "--methods", "gradient", "--output", output])
    case .model: return with(["predict", picture, "--preprocessing", "unit", "--model"])
    case .inspected, .sidecar: return with(["inspect"])
    case .labels: return with(["predict", picture, "--model", model, "--labels"])
    case .architecture:
      return with(["inspect", original(for: .model), "--architecture"])
    case .experiment: return with(["bench", "--dry-run"])
    case .reproduction: return with(["reproduce", "--output", output])
    case .output:
      return with(["compare", picture, "--model", model, "--methods", "gradient", "--output"])
    case .run: return with(["tables"])
    case .imagesOfExperiment:
      let text = Array(
        "name: run\nmodels: [scenes-gap]\nmethods: [gradient]\nmetrics: [sparseness]\nimages: [{ folder: in }]\n"
          .utf8)
      try text.write(to: folder + "/experiment.yaml")
      return ShellCommand("bench", folder + "/experiment.yaml", "--output", output, "--shard", "1/1")
    }
  }
}
