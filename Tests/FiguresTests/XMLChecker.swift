/// Whether tags are balanced and every ampersand begins an entity; enough for what we write ourselves.
struct XMLChecker {
  func isWellFormed(_ text: String) -> Bool {
    var open: [Substring] = []
    for piece in text.split(separator: "<").dropFirst() {
      guard let end = piece.firstIndex(of: ">") else { return false }
      let tag = piece[..<end]
      if tag.hasSuffix("/") || tag.hasPrefix("?") { continue }
      if tag.hasPrefix("/") {
        guard open.popLast() == tag.dropFirst() else { return false }
      } else {
        open.append(tag.prefix { $0 != " " })
      }
    }
    let entities = text.split(separator: "&", omittingEmptySubsequences: false).dropFirst()
    return open.isEmpty && entities.allSatisfy { $0.prefix(6).contains(";") }
  }
}
