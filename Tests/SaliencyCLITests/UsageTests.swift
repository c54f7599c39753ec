import Methods
import SaliencyCLI
import SaliencyCore
import Testing

/// Wrong usage: one line, exit code 64.
@Suite struct UsageTests {
  @Test func helpIsAnAnswer() async {
    let run = await CommandRun("help")
    #expect(run.exitCode == 0)
    #expect(run.output.contains("methods"))
    #expect(run.errors.isEmpty)
    #expect(await CommandRun("--version").output == SaliencyTool.version + "\n")
  }

  @Test(arguments: ["explain", "predict", "inspect", "methods", "verify"])
  func everyCommandHasHelpWithEveryOptionExplained(verb: String) async {
    let run = await CommandRun(verb, "--help")
    #expect(run.exitCode == 0)
    let text = run.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    // The text before the lists may show commands too.
    let lines = text.drop { !["ARGUMENTS:", "OPTIONS:"].contains($0) }
    for (line, next) in zip(lines, lines.dropFirst()) where line.hasPrefix("  -") || line.hasPrefix("  <") {
      // A long option stands alone on its line, with its help on the next.
      let words = line.dropFirst(2).split(separator: "  ", maxSplits: 1)
      #expect(words.count == 2 || next.hasPrefix("          "), "no help for \(line)")
    }
  }

  /// An error may recommend any of these, whatever the command.
  @Test(arguments: ["compare", "explain", "predict", "inspect", "verify", "time", "reproduce"])
  func everyCommandThatLoadsAModelTakesTheSameOptions(verb: String) async {
    let help = await CommandRun(verb, "--help").output
    for option in [
      "--architecture", "--preprocessing", "--labels", "--input-size", "--resize", "--fit", "--output-layer",
      "--set-input",
    ] {
      #expect(help.contains("\n  \(option) <"), "\(verb) has no \(option)")
    }
  }

  @Test func mistypedCommand() async {
    let run = await CommandRun("explian", "cat.png")
    #expect(run.exitCode == 64)
    #expect(
      run.complaint.hasPrefix(
        "error: no command is called \"explian\"; did you mean \"explain\"? (commands: "))
  }

  @Test(arguments: [
    ("--colors", "--colormap"), ("--hold", "--set-input"), ("--at", "--background"),
  ])
  func aRenamedOptionIsRefusedWithItsNewName(old: String, new: String) async {
    let run = await CommandRun("explain", "cat.png", "--model", "m.h5", "--output", "out", old, "jet")
    #expect(run.exitCode == 64)
    #expect(run.complaint == "error: \(old) is now called \(new); see `saliency explain --help`")
  }

  @Test(arguments: ["submit", "status", "merge"])
  func aRenamedCommandIsRefusedWithItsNewName(verb: String) async {
    let run = await CommandRun(verb, "run")
    #expect(run.exitCode == 64)
    #expect(
      run.complaint.hasPrefix("error: `saliency \(verb)` is now called `saliency cluster \(verb)`; see"))
  }

  @Test func theHelpOfANestedCommandIsNamed() async {
    let run = await CommandRun("cluster", "submit", "e.yaml", "--array", "2", "--nodes", "2")
    #expect(run.exitCode == 64)
    #expect(
      run.complaint == "error: --nodes is now called --tasks; see `saliency cluster submit --help`")
  }

  @Test func missingModel() async {
    let run = await CommandRun("predict", "cat.png")
    #expect(run.exitCode == 64)
    #expect(
      run.complaint == "error: Missing expected argument '--model <model>'; see `saliency predict --help`")
  }

  @Test func unknownPreprocessing() async {
    let run = await CommandRun("predict", "cat.png", "--model", "m.h5", "--preprocessing", "cafe")
    #expect(run.exitCode == 64)
    #expect(run.complaint.contains("preprocessing \"cafe\": no such form; did you mean \"caffe\""))
  }

  @Test func theOldScaleIsRefusedWithTheNewSpelling() async {
    let run = await CommandRun("predict", "cat.png", "--model", "m.h5", "--preprocessing", "scale(127.5,1)")
    #expect(run.exitCode == 64)
    #expect(run.complaint.contains("write rescaling(1/127.5,-1), as in Keras' Rescaling"), "\(run.errors)")
  }

  @Test func optionsThatWantOneOfSomeWords() async {
    let run = await CommandRun("predict", "cat.png", "--model", "m.h5", "--fit", "strech")
    #expect(run.exitCode == 64)
    #expect(run.complaint.contains("wanted stretch, center-crop; did you mean \"stretch\"?"))
  }

  @Test func sizesThatAreNone() async {
    let run = await CommandRun("predict", "cat.png", "--model", "m.h5", "--input-size", "0x10")
    #expect(run.exitCode == 64)
    #expect(run.complaint.contains("wanted a height and a width in pixels from 1 to 16384"))
  }
}
