import Testing

/// Images whose names are dots.
@Suite struct DottedNamesTests {
  private let bench: Workbench

  init() throws { bench = try Workbench() }

  /// A stem of one dot means the folder itself in an HDF5 path.
  @Test func anImageOfDotsIsExplained() async throws {
    try bench.picture(named: "..png", width: 12, height: 12)
    let run = await CommandRun(
      "explain", bench["..png"], "--model", bench["gap.h5"], "--preprocessing", "unit", "--methods",
      "gradient", "--target",
      "1", "--output", bench["out"])
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(try bench.contents(of: "out") == ["maps.h5", "png_1_gradient.png"])
  }
}
