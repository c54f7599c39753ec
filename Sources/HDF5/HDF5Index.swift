/// The value of an attribute.
public enum HDF5Attribute: Sendable, Hashable {
  /// Text.
  case strings([String])
  /// Whole numbers.
  case integers([Int64])
  /// Floating-point numbers.
  case doubles([Double])
  /// A null space or no elements, such as an empty `weight_names`.
  case empty
  /// A type that is not read.
  case other
}

/// A dataset as the index knows it, before any of its data is read.
public struct HDF5Dataset: Sendable, Hashable {
  /// The kind of the stored elements.
  public enum Element: Sendable, Hashable { case float, integer, string, other }
  enum Layout: Sendable, Hashable { case contiguous, chunked, compact, elsewhere }

  /// From the root, without a leading slash.
  public let path: String
  /// The sizes of the axes.
  public let shape: [Int]
  /// The type of the elements.
  public let element: Element
  /// Bytes of one stored element.
  public let elementSize: Int
  /// The number of elements: the product of `shape`.
  public let count: Int

  /// The memory that its elements take as float32.
  package var bytesAsFloats: Int { count * MemoryLayout<Float>.stride }

  let isNativeFloat32: Bool
  let layout: Layout
  let isFiltered: Bool
  let offset: Int?
  let storedBytes: Int
}

/// Names, shapes and attributes of everything in a file.
public struct HDF5Index: Sendable {
  /// Child groups and datasets of each group, by path, in order of name.
  var children: [String: [String]] = [:]
  var datasets: [String: HDF5Dataset] = [:]
  var attributes: [String: [String: HDF5Attribute]] = [:]
  /// What could not be read, and libhdf5's reason.
  public internal(set) var unreadable: [(path: String, reason: String)] = []

  /// A path as the index writes it: no slash at either end.
  static func normalized(_ path: String) -> String {
    var path = path[...]
    while path.first == "/" { path.removeFirst() }
    while path.last == "/" { path.removeLast() }
    return String(path)
  }

  private func childPath(_ group: String, _ name: String) -> String {
    group.isEmpty ? name : group + "/" + name
  }

  /// The names of the groups directly in a group.
  public func groups(in path: String = "/") -> [String] {
    let group = Self.normalized(path)
    return (children[group] ?? []).filter { children[childPath(group, $0)] != nil }
  }

  /// The names of the datasets directly in a group.
  public func datasets(in path: String = "/") -> [String] {
    let group = Self.normalized(path)
    return (children[group] ?? []).filter { datasets[childPath(group, $0)] != nil }
  }

  /// Every dataset, by path.
  public var allDatasets: [HDF5Dataset] { datasets.values.sorted { $0.path < $1.path } }

  /// Whether there is a group at the path.
  public func hasGroup(_ path: String) -> Bool { children[Self.normalized(path)] != nil }

  /// The dataset at a path.
  public func dataset(at path: String) -> HDF5Dataset? { datasets[Self.normalized(path)] }

  /// The attribute of a group or dataset.
  public func attribute(_ name: String, of path: String = "/") -> HDF5Attribute? {
    attributes[Self.normalized(path)]?[name]
  }

  /// The names of the attributes of a group or dataset.
  public func attributeNames(of path: String = "/") -> [String] {
    (attributes[Self.normalized(path)] ?? [:]).keys.sorted()
  }

  /// An attribute that is one string, of fixed or variable length.
  public func string(_ name: String, of path: String = "/") -> String? {
    if case .strings(let values)? = attribute(name, of: path), values.count == 1 { values[0] } else { nil }
  }

  /// A list of strings, put together from `name0`, `name1` and so on where it was too long for one attribute.
  public func strings(_ name: String, of path: String = "/") -> [String]? {
    switch attribute(name, of: path) {
    case .strings(let values)?: return values
    case .empty?, .doubles?, .integers?: return []
    case .other?: return nil
    case nil: break
    }
    var chunks: [String] = []
    var next = 0
    while case .strings(let values)? = attribute("\(name)\(next)", of: path) {
      chunks += values
      next += 1
    }
    return next > 0 ? chunks : nil
  }

  /// An attribute that is one number.
  public func number(_ name: String, of path: String = "/") -> Double? {
    switch attribute(name, of: path) {
    case .integers(let values)? where values.count == 1: Double(values[0])
    case .doubles(let values)? where values.count == 1: values[0]
    default: nil
    }
  }
}
