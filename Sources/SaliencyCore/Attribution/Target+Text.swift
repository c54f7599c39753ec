internal import Support

/// Targets as text: `boxer`, `top2`, `probability(boxer)`, `difference(boxer, tiger cat)`.
extension Target {
  /// A target as a user writes it: `top`, `top3` (the third), `least`, an index, a label, or a function of targets such as
  /// `difference(boxer, 282)`.
  ///
  /// A prefix decides which of them is meant: `rank:3`, `index:4`, `label:NAME`. A function that cannot be read is taken for a
  /// label.
  public init(parsing text: String) {
    self = (try? Self.function(text) { Target(parsing: $0) }) ?? Self.plain(text)
  }

  /// A target as a user writes it, for classes with names.
  ///
  /// A number that is no index but a class's name is that name, and so is a text that is a class's name as a whole.
  /// - Throws: `TargetError.ambiguous` if the text is a number or a word such as `top`, and also the name of another class;
  ///   `.malformed` for a function that cannot be read.
  public init(parsing text: String, labels: [String]?) throws(TargetError) {
    if labels?.contains(text) != true,
      let read = try Self.function(
        text, { part throws(TargetError) in try Target(parsing: part, labels: labels) })
    {
      self = read
      return
    }
    let read = Self.plain(text)
    self = read
    guard let labels, Self.prefixed(text) == nil else { return }
    if case .label = read { return }
    guard let named = Self.matches(text, in: labels).first else { return }
    if case .index(let index) = read {
      if index == named { return }
      guard labels.indices.contains(index) else {
        self = .label(text)
        return
      }
    }
    throw .ambiguous(text, as: read, labels: labels, named: named)
  }

  /// A target that is no function of others.
  private static func plain(_ text: String) -> Target {
    let lowered = text.lowercased()
    if let prefixed = prefixed(text) { return prefixed }
    if lowered == "top" { return .top }
    if lowered == "least" { return .least }
    if lowered.hasPrefix("top"), let rank = Int(lowered.dropFirst(3)), rank > 0 { return .rank(rank) }
    return Int(text).map(Target.index) ?? .label(text)
  }

  /// A target with a prefix: `rank:1`, `index:4`, `label:NAME`; nil for any other text.
  private static func prefixed(_ text: String) -> Target? {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let rest = String(text[text.index(after: colon)...])
    switch text[..<colon].lowercased() {
    case "rank": return Int(rest).map(Target.rank)
    case "index": return Int(rest).map(Target.index)
    case "label": return rest.isEmpty ? nil : .label(rest)
    default: return nil
    }
  }
}

/// The functions of targets, as they are written.
private enum TargetFunction: String, CaseIterable {
  case logit, probability, nll, output, difference, mean, position

  var form: String {
    switch self {
    case .logit, .probability, .nll, .output: "\(rawValue)(class)"
    case .difference: "difference(a, b) or difference(a, b, weight)"
    case .mean: "mean(a, b, ...)"
    case .position: "position(y, x, channel), whole numbers from 0"
    }
  }

  /// A text of the form `NAME(ARGUMENTS)`; nil for any other.
  static func parts(of text: String) -> (function: TargetFunction, arguments: [String])? {
    guard text.hasSuffix(")"), let open = text.firstIndex(of: "("),
      let function = TargetFunction(rawValue: text[..<open].lowercased())
    else { return nil }
    return (function, ListText.items(of: String(text[text.index(after: open)...].dropLast())))
  }
}

extension Target {
  /// Whether a text is a function of targets, whatever its arguments.
  package static func isFunction(_ text: String) -> Bool { TargetFunction.parts(of: text) != nil }

  /// What is wrong with a function of targets; nil for a text that is none or can be read.
  static func problem(ofCall text: String) -> String? {
    do throws(TargetError) {
      _ = try function(text) { Target(parsing: $0) }
      return nil
    } catch {
      guard case .malformed(_, let reason) = error else { return "\(error)" }
      return reason
    }
  }

  /// A function of targets; nil for a text that is none.
  ///
  /// - Parameter read: Reads an argument.
  private static func function(
    _ text: String, _ read: (String) throws(TargetError) -> Target
  ) throws(TargetError) -> Target? {
    guard let (function, arguments) = TargetFunction.parts(of: text) else { return nil }
    let malformed = TargetError.malformed(text, reason: "expected \(function.form)")
    func only() throws(TargetError) -> Target {
      guard arguments.count == 1 else { throw malformed }
      return try read(arguments[0])
    }
    switch function {
    case .logit: return .logit(try only())
    case .probability: return .probability(try only())
    case .nll: return .negativeLogProbability(try only())
    case .output: return .output(try only())
    case .position:
      let coordinates = arguments.compactMap(Int.init)
      guard !arguments.isEmpty, coordinates.count == arguments.count, coordinates.allSatisfy({ $0 >= 0 })
      else { throw malformed }
      return .position(coordinates)
    case .mean:
      guard !arguments.isEmpty else { throw malformed }
      var parts: [Target] = []
      for argument in arguments { parts.append(try read(argument)) }
      return .mean(parts)
    case .difference:
      let weight = arguments.count == 3 ? Float(arguments[2]) : 1
      guard (2...3).contains(arguments.count), let weight, weight.isFinite else { throw malformed }
      return .difference(try read(arguments[0]), try read(arguments[1]), weight: weight)
    }
  }
}

extension Target {
  /// The target as text that has no other reading: `rank:1`, `index:4`, `label:NAME`, `difference(index:4, label:NAME)`.
  public var spelling: String {
    written { leaf in
      switch leaf {
      case .rank(let rank): "rank:\(rank)"
      case .index(let index): "index:\(index)"
      case .label(let name): "label:\(name)"
      default: leaf.text
      }
    }
  }

  /// The target as a user writes it: `top2`, `4`, `boxer`, `difference(4, boxer)`.
  public var text: String {
    written { leaf in
      switch leaf {
      case .rank(1): "top"
      case .rank(-1): "least"
      case .rank(let rank) where rank > 1: "top\(rank)"
      case .index(let index): "\(index)"
      case .label(let name): name
      default: leaf.spelling
      }
    }
  }

  /// The target with labels in place of indices, where a label names no other class: `difference(boxer, index:282)`.
  ///
  /// For a model with these labels it is read back as the same target.
  func text(labels: [String]?) -> String {
    guard let labels else { return text }
    return written { leaf in
      guard case .index(let index) = leaf else { return leaf.text }
      guard labels.indices.contains(index), !labels[index].contains("\""),
        (try? Target(parsing: labels[index], labels: labels).resolved(scores: [], labels: labels)) == index
      else { return leaf.spelling }
      return labels[index]
    }
  }

  private func written(_ leaf: (Target) -> String) -> String {
    func argument(_ target: Target) -> String {
      let text = target.written(leaf)
      if Self.isFunction(text) { return text }
      return text.contains { ",()".contains($0) } ? "\"\(text)\"" : text
    }
    switch self {
    case .rank, .index, .label: return leaf(self)
    case .position(let coordinates):
      return "position(\(coordinates.map(String.init).joined(separator: ", ")))"
    case .logit(let inner): return "logit(\(argument(inner)))"
    case .probability(let inner): return "probability(\(argument(inner)))"
    case .negativeLogProbability(let inner): return "nll(\(argument(inner)))"
    case .output(let inner): return "output(\(argument(inner)))"
    case .mean(let parts): return "mean(\(parts.map(argument).joined(separator: ", ")))"
    case .difference(let first, let second, let weight):
      let ending = weight == 1 ? "" : ", \(weight)"
      return "difference(\(argument(first)), \(argument(second))\(ending))"
    }
  }
}
