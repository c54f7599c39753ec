import Foundation
import SaliencyCLI
import Testing

/// Bad data: one line that says where, what was found, what was wanted, and what to do; exit code 1.
@Suite struct BadDataTests {
  private let bench: Workbench

  init() throws { bench = try Workbench() }

  private func complaint(_ arguments: String...) async -> String {
    let run = await CommandRun(arguments)
    #expect(run.exitCode == 1)
    #expect(run.complaint.hasPrefix("error: "), "\(run.errors)")
    return String(run.complaint.dropFirst("error: ".count))
  }

  /// Runs a command on a picture with a model that is all right.
  private func complaint(picture: String, _ more: String...) async -> String {
    let run = await CommandRun(
      [
        "explain", picture, "--model", bench["gap.h5"], "--preprocessing", "unit", "--output", bench["out"],
        "--labels", bench["labels.txt"],
      ] + more)
    #expect(run.exitCode == 1)
    #expect(run.complaint.hasPrefix("error: "), "\(run.errors)")
    return String(run.complaint.dropFirst("error: ".count))
  }

  @Test func pictures() async throws {
    #expect(
      await complaint(picture: bench["photos.png"])
        == "\(bench["photos.png"]): no such file; wanted a PNG or JPEG image; did you mean \"\(bench["photo.png"])\"?"
    )
    #expect(
      await complaint(picture: "q") == "q: no such file; wanted a PNG or JPEG image; check the path",
      "a name of one letter")
    try FileManager.default.createDirectory(atPath: bench["folder"], withIntermediateDirectories: true)
    #expect(
      await complaint(picture: bench["folder"])
        == "\(bench["folder"]): found a directory without PNG or JPEG files, wanted images; name a folder that holds some"
    )
    try bench.write("", to: "empty.png")
    #expect(
      await complaint(picture: bench["empty.png"])
        == "\(bench["empty.png"]): found an empty file, wanted a PNG or JPEG image; copy or download it again"
    )
    try bench.write("hello there", to: "text.png")
    #expect(
      await complaint(picture: bench["text.png"])
        == "\(bench["text.png"]): found a text file that begins \"hello there\", wanted a PNG or JPEG image; "
        + "check the path, or download it again")
  }

  @Test func whatIsNoRegularFile() async throws {
    #expect(mkfifo(bench["pipe"], 0o600) == 0)
    let sentence = "\(bench["pipe"]): found a named pipe, which is not a regular file; wanted"
    #expect(await complaint(picture: bench["pipe"]).hasPrefix("\(sentence) a PNG or JPEG image"))
    #expect(
      await complaint("predict", bench["photo.png"], "--model", bench["pipe"]).hasPrefix(
        "\(sentence) a Keras model file"))
    #expect(
      await complaint(picture: bench["photo.png"], "--labels", bench["pipe"]).hasPrefix(
        "\(sentence) a text file"))
    #expect(await complaint("bench", bench["pipe"]).hasPrefix("\(sentence) a text file"))
    #expect(
      await complaint("verify", bench["pipe"], "--model", bench["gap.h5"], "--preprocessing", "unit")
        .hasPrefix(
          "\(sentence) "))
    #expect(
      await complaint(
        "predict", bench["photo.png"], "--model", bench["gap.h5"], "--preprocessing", "unit",
        "--architecture",
        bench["pipe"]
      ).contains("\(bench["pipe"]): cannot be opened: it is not a regular file"))
    #expect(
      await complaint("bench", bench.path).hasPrefix("\(bench.path): found a directory, wanted a text file"))
  }

  @Test func linksAndNames() async throws {
    try FileManager.default.createSymbolicLink(atPath: bench["link.png"], withDestinationPath: "gone.png")
    #expect(
      await complaint(picture: bench["link.png"])
        == "\(bench["link.png"]): found a link to \"gone.png\", which does not exist; wanted a PNG or JPEG image; correct the link"
    )
    #expect(
      await complaint(picture: bench["caf\u{FFFD}.png"])
        == "\(bench["caf\u{FFFD}.png"]): found a file name that is not UTF-8, wanted a PNG or JPEG image with a UTF-8 name; "
        + "rename the file")
  }

  @Test func namesThatATerminalCannotShow() async throws {
    let name = "a\u{1B}[31m\tb\u{85}c\u{2028}.png"
    try bench.write("hello there", to: name)
    let escaped = bench["a\\u{1b}[31m\\u{9}b\\u{85}c\\u{2028}.png"]
    #expect(await complaint(picture: bench[name]).hasPrefix("\(escaped): found a text file"))
  }

  @Test func valuesOfAnyLength() async throws {
    try bench.write(
      """
      name: e
      models: gap.h5
      images: photo.png
      methods: gradient
      metrics: sparseness
      seed: \(String(repeating: "long ", count: 50_000))
      """, to: "e.yaml")
    let text = await complaint("bench", bench["e.yaml"], "--dry-run")
    #expect(text.hasPrefix("\(bench["e.yaml"]):6: "), "\(text.prefix(300))")
    #expect(text.contains("long long") && text.contains(" ... ") && text.count < 2100, "\(text.count)")
  }

  @Test func models() async throws {
    func complaint(about name: String) async -> String {
      await self.complaint("predict", bench["photo.png"], "--preprocessing", "unit", "--model", bench[name])
    }
    #expect(
      await complaint(about: "gapp.h5").hasPrefix(
        "\(bench["gapp.h5"]): no such file, and no bundled model of this name; did you mean \"\(bench["gap.h5"])\"?"
      ))
    #expect(
      await complaint(about: "")
        == "\(bench[""]): found a directory without a model.yaml, wanted a Keras model file; name the file in it"
    )
    try bench.write("", to: "empty.h5")
    #expect(
      await complaint(about: "empty.h5") == "\(bench["empty.h5"]): not an HDF5 file: found an empty file")
    try bench.write("hello there", to: "text.h5")
    #expect(
      await complaint(about: "text.h5")
        == "\(bench["text.h5"]): not a Keras model: found text; wanted a .h5 or .keras file that `model.save` has written"
    )
    let whole = try Data(contentsOf: URL(fileURLWithPath: bench["gap.h5"]))
    try whole.prefix(whole.count - 100).write(to: URL(fileURLWithPath: bench["cut.h5"]))
    #expect(
      await complaint(about: "cut.h5")
        == "\(bench["cut.h5"]): not an HDF5 file: found a truncated HDF5 file: \(whole.count - 100) bytes of "
        + "\(whole.count); fetch it again")
  }

  @Test func classes() async {
    #expect(
      await complaint(picture: bench["photo.png"], "--target", "cirle")
        == "target \"cirle\": no class of this name among the model's 3; did you mean \"circle\"?")
    #expect(
      await complaint(picture: bench["photo.png"], "--target", "3")
        == "target 3: the model has 3 classes, wanted an index from 0 to 2")
    #expect(
      await complaint(picture: bench["photo.png"], "--target", "top9")
        == "target top9: the model has 3 classes, wanted a rank from 1 to 3")
  }

  @Test func layers() async {
    #expect(
      await complaint(picture: bench["photo.png"], "--layer", "covn")
        == "no layer is called \"covn\"; did you mean \"conv\"?; `saliency inspect` lists the layers")
    #expect(
      await complaint(picture: bench["photo.png"], "--layer", "predictions", "--methods", "grad-cam")
        == "\(bench["photo.png"]): Grad-CAM: layer \"predictions\" has shape (3), wanted (height, width, channels); "
        + "`saliency inspect` lists the layers' shapes")
  }

  @Test func classActivationMappingOnAFlattenedHead() async {
    #expect(
      await complaint(
        "explain", bench["photo.png"], "--model", bench["vgg.h5"], "--preprocessing", "unit", "--output",
        bench["out"],
        "--methods", "cam")
        == "\(bench["photo.png"]): CAM cannot explain vgg: \"head\" flattens a map of (12, 12, 4) into a dense head, where "
        + "CAM needs global average pooling; use `grad-cam`, which generalises CAM to any head")
  }

  @Test func preprocessingIsNeverGuessed() async {
    #expect(
      await complaint("predict", bench["photo.png"], "--model", bench["gap.h5"]).hasPrefix(
        "\(bench["gap.h5"]): nothing says how its input is made from an image"))
  }

  @Test func labelsOfAnotherModel() async throws {
    try bench.write("a\nb\n", to: "two.txt")
    #expect(
      await complaint(
        "predict", bench["photo.png"], "--model", bench["gap.h5"], "--preprocessing", "unit", "--labels",
        bench["two.txt"])
        == "\(bench["two.txt"]): found 2 labels, wanted 3, one for each class of gap")
  }

  @Test func foldersThatCannotBeWritten() async {
    let run = await CommandRun(
      "explain", bench["photo.png"], "--model", bench["gap.h5"], "--preprocessing", "unit", "--output",
      bench["photo.png"])
    #expect(run.exitCode == 1)
    #expect(
      run.complaint == "error: cannot write \(bench["photo.png"]): found a file, wanted a folder to write to")
  }

  @Test func foldersThatCannotBeMade() async {
    let run = await CommandRun(
      "explain", bench["photo.png"], "--model", bench["gap.h5"], "--preprocessing", "unit", "--output",
      "/proc/nowhere/maps")
    #expect(run.exitCode == 1)
    #expect(
      run.complaint
        == "error: cannot write /proc/nowhere: the folder cannot be made: No such file or directory")
  }
}
