import Foundation
import HDF5
import Testing

/// `--profile`, `saliency methods --profile`, `saliency conventions`.
@Suite struct ConventionsCommandTests {
  private let bench: Workbench

  init() throws { bench = try Workbench() }

  private func run(_ arguments: String...) async -> CommandRun {
    await CommandRun(arguments + ["--model", "scenes-gap"])
  }

  @Test func aProfileIsListed() async throws {
    let listed = await CommandRun("methods", "--profile", "captum")
    #expect(listed.exitCode == 0 && listed.output.hasPrefix("captum: Captum 0.9.0"))
    #expect(
      listed.output.contains("relu=false; map resized: nearest; map normalised: mass-98"), "\(listed.output)")
    #expect(listed.output.contains("no difference is recorded, so as in the papers: cam, "))
    let json = await CommandRun("methods", "--profile", "zennit", "--json")
    #expect(json.exitCode == 0 && json.output.contains("\"cleanLast=true\""))
    let unknown = await CommandRun("methods", "--profile", "zenit")
    #expect(
      unknown.exitCode == 64 && unknown.errors.contains("did you mean \"zennit\"?"), "\(unknown.errors)")
  }

  @Test func aProfileIsAppliedAndRecorded() async throws {
    let explained = await run(
      "explain", bench["photo.png"], "--methods", "grad-cam,grad-cam(relu=true),gradient", "--profile",
      "captum",
      "--output", bench["maps"])
    #expect(explained.exitCode == 0, "\(explained.errors)")
    var file = try HDF5Reader(path: bench["maps/maps.h5"])
    let group = "photo/\(try #require(file.index.groups(in: "photo").first))"
    let names = file.index.groups(in: group)
    #expect(Set(names) == ["grad-cam(relu=false)", "grad-cam", "gradient"])
    func text(_ name: String, _ method: String) -> String? {
      file.index.string(name, of: "\(group)/\(method)")
    }
    #expect(text("enlargement", "grad-cam(relu=false)") == "nearest")
    #expect(text("normalisation", "gradient") == "mass-98" && text("reduction", "gradient") == "sum-abs")
    #expect(text("parameter_relu", "grad-cam(relu=false)") == "false")
    #expect(try file.floats(at: "\(group)/gradient/map").max() == 1)
  }

  @Test func eachChoiceCanBeSetAlone() async throws {
    let explained = await run(
      "explain", bench["photo.png"], "--methods", "grad-cam", "--map-resize", "align-corners", "--normalise",
      "min-max", "--map-order", "normalise-first", "--score", "loss", "--output", bench["maps"])
    #expect(explained.exitCode == 0, "\(explained.errors)")
    let file = try HDF5Reader(path: bench["maps/maps.h5"])
    let group = "photo/\(try #require(file.index.groups(in: "photo").first))/grad-cam"
    #expect(file.index.string("enlargement", of: group) == "align-corners")
    #expect(file.index.string("order", of: group) == "normalise-first")
    #expect(file.index.string("score", of: group) == "loss")
    let wrong = await run("compare", bench["photo.png"], "--normalise", "minmax")
    #expect(wrong.exitCode == 64)
  }

  @Test func methodsAreCompared() async throws {
    let compared = await run(
      "conventions", bench["photo.png"], "--methods", "grad-cam,gradient", "--output", bench["f.svg"])
    #expect(compared.exitCode == 0, "\(compared.errors)")
    let lines = compared.output.split(separator: "\n").map(String.init)
    func line(_ method: String, _ profile: String) -> String? {
      lines.first { $0.hasPrefix("\(method) ") && $0.contains(" \(profile) ") }
    }
    #expect(line("grad-cam", "paper")?.contains("1.000  1.000") == true, "\(compared.output)")
    #expect(line("grad-cam", "captum")?.contains("relu=false") == true)
    #expect(line("grad-cam", "zennit") == nil, "it has no Grad-CAM")
    #expect(line("gradient", "pytorch-grad-cam") == nil)
    let figure = try String(contentsOfFile: bench["f.svg"], encoding: .utf8)
    #expect(figure.contains(">captum<") && figure.contains("not in"))
    let some = await run(
      "conventions", bench["photo.png"], "--methods", "gradient", "--profiles", "captum, zennit", "--output",
      bench["g.svg"], "--json")
    #expect(some.output.components(separatedBy: "\"profile\"").count == 4, "\(some.output)")
  }

  @Test func whatIsWrongIsSaid() async throws {
    let method = await run(
      "conventions", bench["photo.png"], "--methods", "grad-can", "--output", bench["f.svg"])
    #expect(
      method.exitCode == 64 && method.errors.contains("did you mean \"grad-cam\" or"), "\(method.errors)")
    let profile = await run(
      "conventions", bench["photo.png"], "--profiles", "captumm", "--output", bench["f.svg"])
    #expect(
      profile.exitCode == 64 && profile.errors.contains("did you mean \"captum\"?"), "\(profile.errors)")
  }
}
