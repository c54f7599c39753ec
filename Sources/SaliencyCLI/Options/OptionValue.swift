internal import ModelLibrary
internal import SaliencyCore
internal import Support

/// One of the words of an enumeration, as an option gives it.
func choice<Value: RawRepresentable<String> & CaseIterable>(_ text: String) throws(OptionError) -> Value {
  guard let value = Value(rawValue: text) else {
    let words = Value.allCases.map(\.rawValue)
    throw OptionError("wanted \(words.joined(separator: ", "))\(suggestion(for: text, among: words))")
  }
  return value
}

extension InputSize {
  /// A size, as an option gives it.
  init(argument text: String) throws(OptionError) {
    guard let size = InputSize(text) else {
      throw OptionError("wanted a height and a width in pixels from 1 to 16384, as in 224 or 224x320")
    }
    self = size
  }
}

/// Why an option's value will not do.
struct OptionError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
