internal import Glibc

/// An HDF5 file open for reading.
///
/// libhdf5 reads the index in a child process of its own, so that a damaged file gives an error where libhdf5
/// crashes, hangs or asks for absurd amounts of memory. Float32 data that lies in the file as one piece, as
/// Keras writes it, is read straight into the caller's buffer; any other comes converted from the child.
///
///     var file = try HDF5Reader(path: "model.h5")
///     file.index.string("keras_version")               // "2.4.0"
///     let kernel = try file.floats(at: "model_weights/conv/conv/kernel:0")
public struct HDF5Reader: ~Copyable {
  /// Everything but the data.
  public let index: HDF5Index
  private let file: OpenFile
  private var child: ReaderChild
  private var mapping: FileMapping?

  /// Opens a file and reads its index.
  /// - Throws: `HDF5Error` if it cannot be opened, is something else (says what), is truncated or damaged.
  public init(path: String) throws(HDF5Error) {
    try self.init(OpenFile(path: path))
  }

  /// Reads the index of an open file.
  /// - Throws: `HDF5Error` if it is something else (says what), truncated or damaged.
  public init(_ file: consuming OpenFile) throws(HDF5Error) {
    guard file.content == .hdf5 else { throw .notHDF5(file: file.name, found: file.content) }
    var child = try ReaderChild(reading: file)
    index = try IndexParser.index(from: &child, file: file.name)
    self.child = child
    self.file = file
  }

  /// The name used in messages.
  public var name: String { file.name }

  /// The dataset at a path.
  /// - Throws: `HDF5Error.missing`, naming what is in the same group, or `unreadable` with libhdf5's reason.
  public func dataset(at path: String) throws(HDF5Error) -> HDF5Dataset {
    if let found = index.dataset(at: path) { return found }
    let wanted = HDF5Index.normalized(path)
    if let entry = index.unreadable.first(where: { $0.path == wanted }) {
      throw .unreadable(file: name, object: "dataset \"\(wanted)\"", reason: entry.reason)
    }
    let group = wanted.split(separator: "/").dropLast().joined(separator: "/")
    throw .missing(file: name, object: "dataset \"\(wanted)\"", known: index.datasets(in: group))
  }

  /// The data of a dataset as float32 in row-major order, whatever number type it is stored as.
  /// - Throws: `HDF5Error` if it is missing, not numeric, not wholly in the file or damaged.
  public mutating func floats(at path: String) throws(HDF5Error) -> [Float] {
    let dataset = try dataset(at: path)
    try checkExtent(of: dataset)
    // A Swift array that cannot be allocated ends the process, so the memory is asked for first where that is an error.
    guard let probe = malloc(max(dataset.bytesAsFloats, 1)) else { throw noMemory(for: dataset) }
    free(probe)
    var failure: HDF5Error?
    let values = [Float](unsafeUninitializedCapacity: dataset.count) { buffer, filled in
      let whole = UnsafeMutableBufferPointer(rebasing: buffer[..<dataset.count])
      do throws(HDF5Error) {
        try read(dataset, into: whole)
        filled = dataset.count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return values
  }

  /// Reads a dataset of `into.count` elements as float32 into memory that may be uninitialised.
  /// - Throws: `HDF5Error` if it is not numeric, not wholly in the file or damaged.
  public mutating func read(
    _ dataset: HDF5Dataset, into target: UnsafeMutableBufferPointer<Float>
  ) throws(HDF5Error) {
    precondition(target.count == dataset.count, "a buffer of \(target.count) for \(dataset.count) elements")
    try checkExtent(of: dataset)
    guard dataset.count > 0 else { return }
    if dataset.isNativeFloat32, dataset.layout == .contiguous, let offset = dataset.offset {
      try file.read(at: offset, into: UnsafeMutableRawBufferPointer(target))
    } else {
      try receive(dataset, into: UnsafeMutableRawBufferPointer(target))
    }
  }

  /// Files from this size on are worth mapping: below, reading takes no time.
  private static let smallestMapping = 64 << 20

  /// The data of a dataset in place, without a copy; nil if the file is small or the data is not stored as such.
  ///
  /// - Throws: `HDF5Error` if it is not numeric or not wholly in the file.
  package mutating func mapped(
    _ dataset: HDF5Dataset
  ) throws(HDF5Error) -> (floats: UnsafeMutableBufferPointer<Float>, owner: FileMapping)? {
    try checkExtent(of: dataset)
    guard file.size >= Self.smallestMapping, dataset.isNativeFloat32, dataset.layout == .contiguous,
      let offset = dataset.offset, offset % MemoryLayout<Float>.alignment == 0, dataset.count > 0
    else { return nil }
    if mapping == nil { mapping = FileMapping(file) }
    guard let mapping else { return nil }
    let bytes = UnsafeMutableRawBufferPointer(rebasing: mapping.bytes[offset..<offset + 4 * dataset.count])
    return (bytes.bindMemory(to: Float.self), mapping)
  }

  /// The error for a dataset for which there is no memory.
  package func noMemory(for dataset: HDF5Dataset) -> HDF5Error {
    .unreadable(
      file: name, object: "dataset \"\(dataset.path)\"",
      reason: "it declares \(byteText(dataset.bytesAsFloats)), and there is not so much memory")
  }

  /// The elements that a dataset may have without any bytes in the file: data that was never written is all fill value.
  private static let mostUnstored = 1 << 24
  /// Deflate shrinks by at most this factor.
  private static let mostDeflated = 1032

  /// Rejects what is not numeric, and sizes that the file cannot hold, before memory is allocated for them.
  public func checkExtent(of dataset: HDF5Dataset) throws(HDF5Error) {
    func refuse(_ reason: String) throws(HDF5Error) -> Never {
      throw .unreadable(file: name, object: "dataset \"\(dataset.path)\"", reason: reason)
    }
    guard dataset.element == .float || dataset.element == .integer else {
      try refuse("it does not hold numbers")
    }
    guard dataset.layout != .elsewhere else {
      try refuse("its data is in other files, which are never opened")
    }
    if let offset = dataset.offset, dataset.layout == .contiguous {
      let (end, overflow) = offset.addingReportingOverflow(dataset.count * dataset.elementSize)
      guard !overflow, offset >= 0, end <= file.size else {
        try refuse(
          "it declares \(byteText(dataset.bytesAsFloats)) (shape \(dataset.shape)), and the file has "
            + "\(byteText(file.size))")
      }
      return
    }
    let stored = max(min(dataset.storedBytes, file.size), 0)
    let most = stored / max(dataset.elementSize, 1) * (dataset.isFiltered ? Self.mostDeflated : 1)
    guard dataset.count <= max(most, Self.mostUnstored) else {
      try refuse(
        "it declares \(byteText(dataset.bytesAsFloats)) (shape \(dataset.shape)), and the file stores "
          + "\(byteText(stored)) of it")
    }
  }

  private mutating func receive(
    _ dataset: HDF5Dataset, into target: UnsafeMutableRawBufferPointer
  ) throws(HDF5Error) {
    try child.request(dataset.path, count: dataset.count)
    var done = 0
    while true {
      let count = try child.value(UInt32.self)
      if count == 0 && done == target.count { return }
      guard count != .max else {
        throw .unreadable(file: name, object: "dataset \"\(dataset.path)\"", reason: try child.text())
      }
      guard count > 0, Int(count) <= target.count - done else {
        throw .damaged(file: name, what: "dataset \"\(dataset.path)\" is not as long as its index says")
      }
      try child.bytes(into: UnsafeMutableRawBufferPointer(rebasing: target[done..<done + Int(count)]))
      done += Int(count)
    }
  }
}

/// A number of bytes for a message, such as `40 GB`.
private func byteText(_ bytes: Int) -> String {
  for (unit, size) in [("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1000)]
  where bytes >= size {
    let tenths = bytes / (size / 10)
    return tenths % 10 == 0 ? "\(tenths / 10) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
  }
  return "\(bytes) bytes"
}
