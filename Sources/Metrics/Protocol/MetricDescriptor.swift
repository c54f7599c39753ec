/// What a metric says of itself.
public struct MetricDescriptor: Sendable {
  /// The name to ask for it by: `deletion`.
  public let identifier: String
  /// The name to print: `Deletion`.
  public let title: String
  /// What the metric measures.
  public let category: MetricCategory
  /// Authors, year, and arXiv number or DOI.
  public let paper: String
  /// What the metric needs besides a map.
  public let needs: Set<MetricNeed>
  /// The numbers it gives, the primary first; a score lists its values in this order.
  public let values: [MetricValue]
  /// Over what a dataset's number is the mean.
  public let average: Average

  /// A metric that gives one number.
  public init(
    _ identifier: String, title: String, category: MetricCategory, direction: MetricDirection,
    unit: String = "",
    paper: String, needs: Set<MetricNeed> = [], average: Average = .images
  ) {
    self.init(
      identifier, title: title, category: category, paper: paper, needs: needs,
      values: [MetricValue(identifier, title: title, direction: direction, unit: unit)], average: average)
  }

  /// A metric that gives several numbers, the primary first.
  public init(
    _ identifier: String, title: String, category: MetricCategory, paper: String, needs: Set<MetricNeed> = [],
    values: [MetricValue], average: Average = .images
  ) {
    precondition(
      Set(values.map(\.name)).count == values.count && !values.isEmpty, "values have distinct names")
    self.identifier = identifier
    self.title = title
    self.category = category
    self.paper = paper
    self.needs = needs
    self.values = values
    self.average = average
  }

  /// What the primary number is better at.
  public var direction: MetricDirection { values[0].direction }

  /// What the number of a dataset is a mean of.
  public enum Average: String, Sendable, Codable, CaseIterable {
    /// The mean over the images.
    case images
    /// The mean over the classes of the mean over each class's images (the pointing game).
    case classes
  }
}

/// One of the numbers a metric gives.
public struct MetricValue: Sendable, Hashable {
  /// The name, unique within the metric: `morf`.
  public let name: String
  /// The name to print: `ROAD, most relevant first`.
  public let title: String
  /// Which values are better.
  public let direction: MetricDirection
  /// What follows the number in print: `%`, or nothing.
  public let unit: String

  public init(_ name: String, title: String, direction: MetricDirection, unit: String = "") {
    self.name = name
    self.title = title
    self.direction = direction
    self.unit = unit
  }
}

/// Whether more is better.
public enum MetricDirection: String, Sendable, Codable, CaseIterable {
  /// Higher values are better.
  case higher
  /// Lower values are better.
  case lower
  /// Neither: the number describes and does not judge.
  case none
}

/// The property of a map that a metric measures.
public enum MetricCategory: String, Sendable, Codable, CaseIterable {
  /// Does the model rely on what the map marks?
  case faithfulness
  /// Does the map mark the object?
  case localisation
  /// Does the map stay when the image hardly changes?
  case robustness
  /// Is the map simple?
  case complexity
  /// Does the map change when the model does?
  case randomisation
  /// Does the attribution keep what its method promises?
  case axioms
}

/// What a metric needs besides a map.
public enum MetricNeed: String, Sendable, Codable, CaseIterable {
  /// The probability of a class.
  case target
  /// A mask of the class's objects.
  case mask
  /// A box around each of the class's objects.
  case box
  /// A mask, or where there is none a box.
  case region
  /// Objects of two classes in one image.
  case twoObjects = "two objects"
  /// The signed attribution at the resolution of the input, with its channels.
  case signedAttribution = "signed attribution"
  /// The method itself, to apply it to other inputs, classes, or models.
  case method
  /// A method that promises completeness.
  case completeness
}
