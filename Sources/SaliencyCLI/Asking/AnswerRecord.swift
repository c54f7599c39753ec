internal import Configuration
internal import SaliencyCore

/// One method's answer about one class of one picture, as it is reported.
struct AnswerRecord: Encodable {
  let image: String
  let target: Int
  let label: String
  let probability: Float?
  /// The method, with the parameters that differ from the paper's.
  let method: String
  let seconds: Double
  let forwardPasses: Int
  let backwardPasses: Int
  /// How many ReLUs the method's rule decided about.
  let matched: Int?
  let completenessGap: Float?
  /// Why there is no map, or why it means nothing.
  let error: String?
  /// The picture of the map, where one was written.
  var overlay: String?

  init(_ answer: MethodAnswer, to row: ImageRequest, error: AnswerError?) {
    image = row.file.path
    target = row.target
    label = row.className
    probability = row.probability
    method = answer.method.label
    seconds = answer.seconds
    forwardPasses = answer.passes.forward
    backwardPasses = answer.passes.backward
    let attribution = try? answer.outcome.get()
    matched = attribution?.matched
    completenessGap = attribution?.completenessGap?.first
    self.error = error?.description
  }
}

/// What each method took, and where it failed.
struct MethodTable {
  let records: [AnswerRecord]

  var text: String {
    var table = TextTable(
      .init("method"), .init("seconds", .right), .init("passes", .right), .init("ReLUs", .right), .init(""))
    for name in names {
      let own = records.filter { $0.method == name }
      let (forward, backward) = (
        own.reduce(0) { $0 + $1.forwardPasses }, own.reduce(0) { $0 + $1.backwardPasses }
      )
      let matched = Set(own.compactMap(\.matched)).sorted().map(String.init).joined(separator: ", ")
      table.add(
        name, Decimals.fixed(own.reduce(0) { $0 + $1.seconds }, 3), "\(forward) + \(backward)", matched,
        Self.remark(own))
    }
    return table.text
  }

  /// The methods, in the order in which they were asked for.
  private var names: [String] {
    var seen = Set<String>()
    return records.map(\.method).filter { seen.insert($0).inserted }
  }

  private static func remark(_ records: [AnswerRecord]) -> String {
    let failed = records.filter { $0.error != nil }
    guard let reason = failed.first?.error else { return "" }
    return failed.count == records.count && Set(failed.map(\.error)).count == 1
      ? reason : "\(failed.count) of \(records.count) maps failed: \(reason)"
  }
}
