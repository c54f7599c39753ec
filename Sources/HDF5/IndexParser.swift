/// Reads the records that the child writes (see CHDF5Child/CHDF5Walk.c), trusting nothing in them.
struct IndexParser {
  private var index = HDF5Index()
  private let file: String

  /// Takes the index from the socket of a child that has just started.
  static func index(from child: inout ReaderChild, file: String) throws(HDF5Error) -> HDF5Index {
    var parser = IndexParser(file: file)
    while try parser.record(&child) {}
    return parser.index
  }

  private init(file: String) { self.file = file }

  /// Reads one record; false at the end.
  private mutating func record(_ child: inout ReaderChild) throws(HDF5Error) -> Bool {
    switch try byte(&child) {
    case "G": addGroup(try child.text())
    case "D": try dataset(&child)
    case "A": try attribute(&child)
    case "X":
      let path = try child.text()
      index.unreadable.append((path, try child.text()))
    case "F": throw .damaged(file: file, what: try child.text())
    case "E": return false
    default: throw .damaged(file: file, what: "its index makes no sense")
    }
    return true
  }

  private mutating func byte(_ child: inout ReaderChild) throws(HDF5Error) -> Character {
    Character(Unicode.Scalar(try child.value(UInt8.self)))
  }

  private mutating func addGroup(_ path: String) {
    index.children[path] = index.children[path] ?? []
    link(path)
  }

  /// Notes a child in its group.
  ///
  /// Names cannot hold a slash, so the group is the part before the last one.
  private mutating func link(_ path: String) {
    guard !path.isEmpty else { return }
    guard let slash = path.lastIndex(of: "/") else {
      index.children["", default: []].append(path)
      return
    }
    index.children[String(path[..<slash]), default: []].append(String(path[path.index(after: slash)...]))
  }

  private mutating func dimensions(_ child: inout ReaderChild) throws(HDF5Error) -> [UInt64] {
    let rank = try child.value(UInt8.self)
    var dimensions: [UInt64] = []
    for _ in 0..<rank { dimensions.append(try child.value(UInt64.self)) }
    return dimensions
  }

  private mutating func dataset(_ child: inout ReaderChild) throws(HDF5Error) {
    let path = try child.text()
    let element: HDF5Dataset.Element =
      switch try byte(&child) {
      case "f": .float
      case "i": .integer
      case "s": .string
      default: .other
      }
    let elementSize = Int(try child.value(UInt32.self))
    let isNative = try child.value(UInt8.self) != 0
    let declared = try dimensions(&child)
    let layout: HDF5Dataset.Layout =
      switch try byte(&child) {
      case "c": .contiguous
      case "k": .chunked
      case "p": .compact
      default: .elsewhere
      }
    let isFiltered = try child.value(UInt8.self) != 0
    let (offset, storedBytes) = (try child.value(UInt64.self), try child.value(UInt64.self))
    guard let shape = Self.plausibleShape(declared), let stored = Int(exactly: storedBytes) else {
      index.unreadable.append((path, "its shape \(declared) is absurd"))
      return
    }
    index.datasets[path] = HDF5Dataset(
      path: path, shape: shape, element: element, elementSize: elementSize, count: shape.reduce(1, *),
      isNativeFloat32: isNative, layout: layout, isFiltered: isFiltered,
      offset: offset == .max ? nil : Int(exactly: offset), storedBytes: stored)
    link(path)
  }

  /// The shape, where its elements can be counted and addressed as float32.
  private static func plausibleShape(_ declared: [UInt64]) -> [Int]? {
    let shape = declared.compactMap { Int(exactly: $0) }
    guard shape.count == declared.count, elementCount(of: shape, limit: 1 << 40) != nil else { return nil }
    return shape
  }

  private mutating func attribute(_ child: inout ReaderChild) throws(HDF5Error) {
    let owner = try child.text()
    let name = try child.text()
    let kind = try byte(&child)
    _ = try dimensions(&child)
    let count = try child.value(UInt64.self)
    index.attributes[owner, default: [:]][name] = try value(kind: kind, count: count, &child)
  }

  private mutating func value(
    kind: Character, count: UInt64, _ child: inout ReaderChild
  ) throws(HDF5Error) -> HDF5Attribute {
    guard kind != "o" else { return .other }
    guard kind != "n", count > 0 else { return .empty }
    switch kind {
    case "s":
      var values: [String] = []
      for _ in 0..<count { values.append(try child.text()) }
      return .strings(values)
    case "i":
      var values: [Int64] = []
      for _ in 0..<count { values.append(try child.value(Int64.self)) }
      return .integers(values)
    case "f":
      var values: [Double] = []
      for _ in 0..<count { values.append(Double(bitPattern: try child.value(UInt64.self))) }
      return .doubles(values)
    default: throw .damaged(file: file, what: "its index makes no sense")
    }
  }
}
