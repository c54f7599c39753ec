import Foundation

/// A damaged input, written to a folder, with the command that reads it.
struct Mutant {
  /// What was changed, in a few words.
  var change: String
  var command: ShellCommand
}

/// A call of `saliency` as a shell reads it.
struct ShellCommand {
  /// The arguments, as bytes: a file name need not be UTF-8.
  var words: [[UInt8]]

  init(_ words: [String]) { self.words = words.map { Array($0.utf8) } }
  init(_ words: String...) { self.init(words) }

  mutating func append(_ word: [UInt8]) { words.append(word) }

  var verb: String { words.first.map { String(decoding: $0, as: UTF8.self) } ?? "" }

  /// The command for a shell, limited in memory (MiB) and processor time (seconds).
  func text(program: String, memory: Int, seconds: Int) -> String {
    let call = ([Array(program.utf8)] + words).map(Self.quoted).joined(separator: " ")
    return "ulimit -v \(memory << 10); ulimit -St \(seconds); exec \(call)"
  }

  /// A word in quotes where it needs them; bytes that no terminal shows are written as octal numbers.
  static func quoted(_ word: [UInt8]) -> String {
    let isPlain = word.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || "/._-+=,:@".utf8.contains(byte)
    }
    if isPlain, !word.isEmpty { return String(decoding: word, as: UTF8.self) }
    if word.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) {
      return "'" + String(decoding: word, as: UTF8.self).replacingOccurrences(of: "'", with: "'\\''") + "'"
    }
    let escaped = word.map { byte in
      byte >= 0x20 && byte < 0x7F && !"\\'%\"$`".utf8.contains(byte)
        ? String(UnicodeScalar(byte)) : "\\" + octal(byte)
    }
    return "\"$(printf '\(escaped.joined())')\""
  }

  private static func octal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 8)
    return String(repeating: "0", count: 3 - digits.count) + digits
  }
}
