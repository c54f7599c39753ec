internal import Metrics

extension Observations {
  /// The numbers of one method in one column of a run's results.
  init(_ setting: RunResults.Setting, method: Int, column: Int, average: MetricDescriptor.Average) {
    let values = setting.values[method][column]
    let present = values.indices.filter { !values[$0].isNaN }
    self.init(
      images: present.map { setting.requests[$0].image },
      classes: present.map { setting.requests[$0].resolved?.classIndex ?? 0 },
      requests: present, values: present.map { values[$0] }, average: average)
  }
}
