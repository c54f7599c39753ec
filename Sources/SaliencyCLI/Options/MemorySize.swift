internal import ArgumentParser

/// A number of bytes with a suffix: K, M, G, or T.
struct MemorySize: ExpressibleByArgument {
  let bytes: Int

  init?(argument text: String) {
    let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40]
    let trimmed = text.uppercased().hasSuffix("B") ? String(text.dropLast()) : text
    guard let last = trimmed.uppercased().last, let unit = units[last],
      let number = Double(trimmed.dropLast()), number > 0, number * Double(unit) < 1e18
    else { return nil }
    bytes = Int(number * Double(unit))
  }
}
