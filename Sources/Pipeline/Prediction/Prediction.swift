public import ModelLibrary
public import SaliencyCore
internal import Support

/// The most likely classes of one image.
public struct Prediction: Sendable, Encodable {
  /// One class.
  public struct Entry: Sendable, Encodable {
    /// The index of the class.
    public let index: Int
    /// The label of the class.
    public let label: String?
    /// The probability; nil if the model has none.
    public let probability: Float?
    /// The logit, or the output if the model has no probabilities.
    public let score: Float
  }

  /// The path of the image.
  public let image: String
  /// The most likely classes, in descending order.
  public let top: [Entry]
  /// The range of the model's input.
  public let input: InputRecord?
  /// The number of scores that are NaN.
  private let missing: Int
  private let classes: Int
  private let output: String
  /// The heading of the values.
  private let title: String

  private enum CodingKeys: CodingKey { case image, top, input }

  /// Predicts the classes of one image.
  ///
  /// - Parameters:
  ///   - file: The image's file.
  ///   - input: The preprocessed image, `[1, H, W, C]`.
  ///   - loaded: The model.
  ///   - count: The number of classes.
  public init(of file: ImageFile, _ input: Tensor, by loaded: LoadedModel, top count: Int) throws {
    let model = loaded.model
    try model.requireClasses(of: loaded.source.path)
    let values = try model.values(of: [model.score, model.output], for: input)
    let scores = values[0].scalars
    let probabilities = model.outputKind == .bare ? nil : values[1].scalars
    let ranked = Target.ranking(of: scores)
    missing = scores.count { $0.isNaN }
    classes = scores.count
    output = model.graph[model.score].name
    title = probabilities != nil ? "probability" : scores.count > 1 ? "score" : "output"
    image = file.path
    self.input = loaded.inputRange.map(InputRecord.init)
    top = ranked.prefix(count).map { index in
      Entry(
        index: index, label: model.labels?[index], probability: probabilities?[index], score: scores[index])
    }
  }

  /// The classes as a table.
  public var text: String {
    var table = TextTable(
      .init("", .right), .init(title, .right),
      .init("index", .right), .init("class"))
    for (rank, entry) in top.enumerated() {
      table.add(
        " \(rank + 1)", NumberText.fixed(entry.probability ?? entry.score, 4), "\(entry.index)",
        entry.label ?? "")
    }
    return "\(image)\n\(table.text)"
  }

  /// A warning about scores that are NaN; nil if there are none.
  public var warning: String? {
    missing == 0
      ? nil
      : "warning: \(image): output \"\(output)\" is NaN for \(missing) of \(classes) classes, which are listed last. Check the "
        + "preprocessing, and the weights for NaN and infinity"
  }
}
