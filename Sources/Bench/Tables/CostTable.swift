internal import SaliencyCore
internal import Support

/// What each method costs on each model: one table for a run.
///
/// Passes come from the results; seconds and memory are measured, and so are no part of `table.csv`.
struct CostTable: Sendable {
  struct Row: Sendable, Equatable {
    var model: String
    var method: String
    var title: String
    var isControl: Bool
    var seconds: Double?
    var peakBytes: Int?
    /// Mean passes for each image, beyond the forward pass that all methods share.
    var forward: Double?
    var backward: Double?
    /// How many layers the method's backward rule decided about.
    var matched: Int?
  }

  let rows: [Row]

  init(_ results: RunResults) {
    rows = results.manifest.models.indices.flatMap { model in
      results.methods.indices.map { m in
        let units = results.settings.filter { $0.model == model }.flatMap { $0.units[m] }
          .compactMap(\.self).filter { $0.outcome == .done }
        func mean(_ count: (RunResults.Unit) -> Int) -> Double? {
          units.isEmpty ? nil : Double(units.reduce(0) { $0 + count($1) }) / Double(units.count)
        }
        let cost = results.costs[model][m]
        return Row(
          model: results.manifest.models[model].name, method: results.methods[m].name,
          title: results.methods[m].title, isControl: results.methods[m].isControl, seconds: cost?.seconds,
          peakBytes: cost?.peak, forward: mean { $0.passes.forward }, backward: mean { $0.passes.backward },
          matched: units.compactMap(\.matched).first)
      }
    }
  }

  /// `cost.csv`.
  var csv: String {
    var csv = CSV(
      "model", "method", "control", "seconds", "forward_passes", "backward_passes", "peak_megabytes",
      "matched_layers")
    for row in rows {
      csv.add([
        row.model, row.method, row.isControl ? "yes" : "no", row.seconds.map { NumberText.exact($0) } ?? "",
        row.forward.map(NumberText.exact) ?? "", row.backward.map(NumberText.exact) ?? "",
        row.peakBytes.map { NumberText.exact((Double($0) / 104857.6).rounded() / 10) } ?? "",
        row.matched.map(String.init) ?? "",
      ])
    }
    return csv.text
  }
}
