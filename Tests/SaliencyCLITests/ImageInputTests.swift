import Testing

/// A model with three inputs, two of them images.
@Suite struct ImageInputTests {
  private let bench: Workbench

  init() throws {
    bench = try Workbench()
    try FunctionalModel.threeInputs().write(output: "classes", to: bench["three.h5"])
  }

  private func predict(_ arguments: String...) async -> CommandRun {
    await CommandRun(
      [
        "predict", bench["photo.png"], "--model", bench["three.h5"], "--preprocessing", "unit", "--set-input",
        "age=0.5",
      ]
        + arguments)
  }

  @Test func theImageThatIsHeldIsHeld() async {
    let left = await predict("--set-input", "right=0.25")
    let right = await predict("--set-input", "left=0.25")
    #expect(left.exitCode == 0, "\(left.errors)")
    #expect(right.exitCode == 0, "\(right.errors)")
    #expect(left.output != right.output, "one is subtracted from the other")
    #expect(await predict("--set-input", "left=0.5").output != right.output, "the number counts")
    #expect(await predict("--set-input", "left=0.25", "--input-layer", "right").output == right.output)
    #expect(await predict("--set-input", "right=0.25", "--input-layer", "left").output == left.output)
  }

  @Test func aSidecarChoosesToo() async throws {
    let right = await predict("--set-input", "left=0.25")
    try bench.write("input: right\n", to: "three.yaml")
    #expect(await predict("--set-input", "left=0.25").output == right.output)
    #expect(await predict().complaint.contains("besides the image it takes left; set each to a constant"))
  }

  @Test func whatCannotTakeThePicture() async {
    let file = bench["three.h5"]
    #expect(
      await predict("--set-input", "left=0", "--set-input", "right=0").complaint
        == "error: \(file): found no input for the image: every image input is set to a constant"
    )
    #expect(
      await predict("--set-input", "left=0", "--input-layer", "left").complaint
        == "error: \(file): input \"left\" takes the image and is set to a constant; give one of the two"
    )
    #expect(
      await predict("--input-layer", "lefd").complaint
        == "error: \(file): no input is called \"lefd\"; did you mean \"left\"? (inputs: left, right, age)")
    #expect(await predict("--set-input", "gap=1").complaint.contains("no input is called \"gap\""))
  }

  @Test func inspectingListsTheInputs() async {
    let run = await CommandRun("inspect", bench["three.h5"])
    #expect(run.output.contains("(12, 12, 3), \"left\""))
    #expect(run.output.contains("(12, 12, 3), \"right\"") && run.output.contains("(1), \"age\""))
  }
}
