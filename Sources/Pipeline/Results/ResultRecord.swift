internal import Configuration
public import SaliencyCore
internal import Support

/// The result of one method for one image and target, as it is reported.
public struct ResultRecord: Sendable, Encodable {
  /// The path of the image.
  public let image: String
  /// The index of the target class; nil if the target is not one class.
  public let target: Int?
  /// The label of the target class, or the target as it is written: `difference(boxer, tiger cat)`.
  public let label: String
  /// The probability of the target class; nil if the model has none.
  public let probability: Float?
  /// The method, with the parameters that differ from the paper's.
  public let method: String
  /// The time of the method, in seconds.
  public let seconds: Double
  /// The forward passes of the method alone.
  public let forwardPasses: Int
  /// The backward passes of the method alone.
  public let backwardPasses: Int
  /// The number of ReLUs that the method's rule applies to.
  public let matched: Int?
  /// The completeness gap, for methods that have one.
  public let completenessGap: Float?
  /// Why there is no map, or why it shows nothing.
  public let error: String?
  /// The file of the overlay, if one was written.
  public internal(set) var overlay: String?

  /// - Parameters:
  ///   - result: The result of a method.
  ///   - request: The image and the target.
  ///   - convention: How the attribution becomes a map, which decides whether it shows nothing; by default as the method says.
  public init(
    _ result: MethodResult, for request: ImageRequest, convention: MapConvention = MapConvention()
  ) {
    image = request.file.path
    target = request.target.classIndex
    label = request.targetName
    probability = request.probability
    method = result.method.label
    seconds = result.seconds
    forwardPasses = result.passes.forward
    backwardPasses = result.passes.backward
    let attribution = try? result.outcome.get()
    matched = attribution?.matched
    completenessGap = attribution?.completenessGap?.first
    error = result.mapError(convention)?.description
  }
}

extension [ResultRecord] {
  /// A table of the time, passes, and errors of each method.
  public var summary: String {
    var table = TextTable(
      .init("method"), .init("seconds", .right), .init("passes", .right), .init("ReLUs", .right), .init(""))
    var seen = Set<String>()
    for name in map(\.method) where seen.insert(name).inserted {
      let own = filter { $0.method == name }
      let (forward, backward) = (
        own.reduce(0) { $0 + $1.forwardPasses }, own.reduce(0) { $0 + $1.backwardPasses }
      )
      let matched = Set(own.compactMap(\.matched)).sorted().map(String.init).joined(separator: ", ")
      table.add(
        name, NumberText.fixed(own.reduce(0) { $0 + $1.seconds }, 3), "\(forward) + \(backward)", matched,
        own.remark)
    }
    return table.text
  }

  /// Why maps of one method are missing; empty if none is.
  private var remark: String {
    let failed = filter { $0.error != nil }
    guard let reason = failed.first?.error else { return "" }
    return failed.count == count && Set(failed.map(\.error)).count == 1
      ? reason : "\(failed.count) of \(count) maps failed: \(reason)"
  }
}
