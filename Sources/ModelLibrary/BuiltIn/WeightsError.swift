/// Why weights could not be fetched, and what to do.
public enum WeightsError: Error, Equatable, CustomStringConvertible {
  /// No server could be reached.
  case offline(address: String, reason: String)
  /// The server answered something else than the file.
  case refused(address: String, status: Int)
  /// The connection ended before the file did; what came is kept.
  case cut(address: String, received: Int, wanted: Int?)
  /// The server sends too little a second; what came is kept.
  case tooSlow(address: String, minimum: Int, seconds: Int)
  /// The answer is larger than the architecture's weights can be; `found` is what it declares, if it does.
  case tooLarge(address: String, found: Int?, limit: Int)
  /// The server redirects to an address that is not http or https.
  case badRedirect(address: String, to: String)
  /// The file is not the one that Keras' sources describe; it has been deleted.
  case wrongChecksum(address: String, found: Checksum, wanted: Checksum)
  /// What came is no HDF5 file, where no checksum is known; it has been deleted.
  case notWeights(address: String, reason: String)
  /// The file cannot be written.
  case notWritten(path: String, reason: String)

  public var description: String {
    switch self {
    case .offline(let address, let reason):
      "\(address): cannot be reached (\(reason)); with no network, fetch it elsewhere and give the file with --model"
    case .refused(let address, 404):
      "\(address): the server has no such file (404); give another place with --mirror"
    case .refused(let address, let status):
      "\(address): the server answered \(status), wanted the file; try again later"
    case .cut(let address, let received, let wanted):
      "\(address): the connection was cut after \(received)\(wanted.map { " of \($0)" } ?? "") bytes; run the command "
        + "again to resume"
    case .tooSlow(let address, let minimum, let seconds):
      "\(address): found less than \(minimum) bytes a second over \(seconds) seconds, expected more; run the command again to resume, or give "
        + "another place with --mirror"
    case .tooLarge(let address, let found, let limit):
      "\(address): found \(found.map { "\($0) bytes" } ?? "more bytes"), expected at most \(limit); give another "
        + "place with --mirror"
    case .badRedirect(let address, let target):
      "\(address): found a redirect to \(target), expected http or https; give another place with --mirror"
    case .wrongChecksum(let address, let found, let wanted):
      "\(address): its checksum is \(found), wanted \(wanted); the file was deleted, as it is damaged or another"
    case .notWeights(let address, let reason): "\(address): \(reason); the file was deleted"
    case .notWritten(let path, let reason): "\(path): cannot be written: \(reason)"
    }
  }
}
