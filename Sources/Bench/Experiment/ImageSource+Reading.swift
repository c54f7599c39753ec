package import ModelLibrary

extension ImageSource {
  private static let keys = [
    "bundled", "file", "folder", "glob", "coco", "voc", "classes", "images", "segmentation", "range",
    "sample", "limit",
  ]

  /// A text is a bundled set's name, a pattern, or a path; a map says which kind it is.
  package init(reading value: YAMLValue) throws(YAMLError) {
    if case .map(let map) = value.content, let names = map["memory"] {
      self.init(
        .memory(try names.list().map(reading: { name throws(YAMLError) in .absent(try name.text()) })))
    } else if case .map = value.content {
      var problems = YAMLProblems()
      let map = try problems.map(value, keys: Self.keys)
      let source = problems.read(try ImageSource(reading: map, of: value))
      try problems.check()
      guard let source else { throw value.wanted("an image source") }
      self = source
    } else {
      try self.init(short: value.text(), value)
    }
    origin = value.origin
  }

  /// `scenes-test`, `scenes-test[0..<4]`, `photographs/*.jpg`, `photographs`, `cat.png`.
  private init(short text: String, _ value: YAMLValue) throws(YAMLError) {
    var name = text
    var range: Range<Int>?
    if text.hasSuffix("]"), let open = text.lastIndex(of: "["), text[open...].contains("..") {
      range = try Self.range(String(text[text.index(after: open)...].dropLast()), value)
      name = String(text[..<open])
    }
    if BundledImages.names.contains(name) {
      self.init(.bundled(name), range: range)
    } else if name.contains(where: { "*?[".contains($0) }) {
      self.init(.glob(name), range: range)
    } else if ["png", "jpg", "jpeg"].contains(name.split(separator: ".").last?.lowercased() ?? "") {
      self.init(.file(name), range: range)
    } else {
      self.init(.folder(name), range: range)
    }
  }

  private init(reading map: YAMLMap, of value: YAMLValue) throws(YAMLError) {
    let given = ["bundled", "file", "folder", "glob", "coco", "voc", "classes"].filter { map[$0] != nil }
    guard given.count == 1, let kind = given.first, let path = try map[kind]?.text() else {
      throw value.error(
        "an image source names one of bundled, file, folder, glob, coco, voc, classes; found "
          + (given.isEmpty ? "none" : given.joined(separator: " and ")))
    }
    var problems = YAMLProblems()
    for key in ["images", "segmentation"] {
      if let extra = map[key], kind != "voc", kind != "coco" || key == "segmentation" {
        problems.note(extra.error("\"\(key)\" does not go with \"\(kind)\""))
      }
    }
    let images = problems.readIfPresent(try map["images"]?.text())
    let segmentation = problems.readIfPresent(try map["segmentation"]?.text())
    let range = problems.readIfPresent(
      try map["range"].map { value throws(YAMLError) in try Self.range(try value.text(), value) })
    let sample = problems.readIfPresent(try map["sample"]?.integer(atLeast: 1))
    let limit = problems.readIfPresent(try map["limit"]?.integer(atLeast: 1))
    try problems.check()
    let kinds: [String: Kind] = [
      "bundled": .bundled(path), "file": .file(path), "folder": .folder(path), "glob": .glob(path),
      "coco": .coco(annotations: path, images: images), "classes": .classes(path),
      "voc": .voc(annotations: path, images: images, segmentation: segmentation),
    ]
    self.init(kinds[kind] ?? .folder(path), range: range, sample: sample, limit: limit)
    for entry in map.entries { keyOrigins[entry.key] = Origin(file: map.file, line: entry.line) }
  }

  /// `0..<4` or `0...3`.
  private static func range(_ text: String, _ value: YAMLValue) throws(YAMLError) -> Range<Int> {
    for (mark, extra) in [("..<", 0), ("...", 1)] {
      let ends = text.split(separator: mark, omittingEmptySubsequences: false)
        .map { $0.trimmed }
      if ends.count == 2, let low = Int(ends[0]), let high = Int(ends[1]), low >= 0, low < high + extra {
        return low..<(high + extra)
      }
    }
    throw value.wanted("a range of places that is not empty, such as 0..<4 or 0...3")
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var part = self
    while part.first?.isWhitespace == true { part.removeFirst() }
    while part.last?.isWhitespace == true { part.removeLast() }
    return part
  }
}
