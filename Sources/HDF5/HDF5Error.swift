/// Why an HDF5 file could not be read or written: the file, what was found, what was wanted.
public enum HDF5Error: Error, Hashable, CustomStringConvertible {
  /// The system cannot open the file.
  case cannotOpen(file: String, reason: String)
  /// The file has another format.
  case notHDF5(file: String, found: FileContent)
  /// The structure of the file is damaged.
  case damaged(file: String, what: String)
  /// The reading process was ended by a signal.
  case crashed(file: String, signal: Int32)
  /// The reading process reached its time limit.
  case tooSlow(file: String)
  /// The file has no such group, dataset or attribute.
  case missing(file: String, object: String, known: [String])
  /// An object has a type that is not read.
  case unreadable(file: String, object: String, reason: String)
  /// The file could not be written.
  case notWritten(file: String, what: String)

  public var description: String {
    switch self {
    case .cannotOpen(let file, let reason): "\(file): cannot be opened: \(reason)"
    case .notHDF5(let file, let found): "\(file): not an HDF5 file: found \(found.description)"
    case .damaged(let file, let what): "\(file): damaged HDF5 file: \(what)"
    case .crashed(let file, let signal):
      "\(file): libhdf5 crashed with signal \(signal) while reading it: the file is damaged"
    case .tooSlow(let file): "\(file): libhdf5 came to no end while reading it: the file is damaged"
    case .missing(let file, let object, let known):
      "\(file): has no \(object)" + (known.isEmpty ? "" : "; it has \(listed(known))")
    case .unreadable(let file, let object, let reason): "\(file): \(object) cannot be read: \(reason)"
    case .notWritten(let file, let what): "\(file): cannot be written: \(what)"
    }
  }
}

/// The first few of many names, for a sentence.
private func listed(_ names: [String]) -> String {
  names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", ... (\(names.count) in all)" : "")
}
