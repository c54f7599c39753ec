internal import Configuration
internal import ModelLibrary
internal import SaliencyCore

/// A parameter of a method that takes several values: `{ noise: [0, 0.05, 0.1] }`.
struct Sweep: Sendable {
  let parameter: String
  let values: [ParameterTree]
  private let methods: MethodCatalog
  private let file: String
  private let line: Int

  /// Reads a map of one parameter to its values.
  init(reading value: YAMLValue, methods: MethodCatalog) throws(YAMLError) {
    let map = try value.map()
    guard map.entries.count == 1, let entry = map.entries.first else {
      throw value.wanted("one parameter with the list of its values, as in { steps: [1, 10, 100] }")
    }
    parameter = entry.key
    values = try entry.value.list().map(\.parameters)
    guard !values.isEmpty else { throw entry.value.error("\(entry.key): the list is empty") }
    self.methods = methods
    (file, line) = (value.file, entry.line)
  }

  /// The method with the parameter at a value.
  ///
  /// - Throws: `YAMLError` if there is no method, or it has no such parameter or value.
  func method(_ choice: MethodChoice?, at value: ParameterTree) throws(YAMLError) -> MethodChoice {
    guard var choice, case .map(let named) = choice.method.configuration, let entry = named.first,
      case .map(var parameters) = entry.value
    else { throw YAMLError(file: file, line: line, "there is no method whose \(parameter) could be swept") }
    parameters[parameter] = value
    do {
      choice.method = try methods.make(.map([entry.key: .map(parameters)]))
    } catch {
      throw YAMLError(file: file, line: line, "\(error)")
    }
    return choice
  }
}

extension ParameterTree {
  /// The value as a number; nil if it is not one.
  var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}
