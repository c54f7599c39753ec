internal import CHDF5
internal import Glibc
internal import Support
internal import Synchronization

/// Writes an HDF5 file that appears under its name only when it is whole.
///
///     try HDF5Writer.write(to: "maps.h5") { file in
///       try file.dataset("cat/gradient", shape: [224, 224], values)
///       try file.attribute("method", "gradient", of: "cat/gradient")
///     }
public struct HDF5Writer: ~Copyable {
  private let file: hid_t
  private let path: String

  /// Creates the file beside its place, lets `body` fill it, and renames it into place.
  /// - Throws: `HDF5Error.notWritten`, or what `body` throws; then nothing is left behind.
  public static func write(to path: String, _ body: (borrowing HDF5Writer) throws -> Void) throws {
    let partial = TemporaryName.path(beside: path)
    do {
      let writer = try HDF5Writer(creating: partial, for: path)
      let filled = Result { try body(writer) }
      let closed = libhdf5.withLock { _ in H5Fclose(writer.file) }
      try filled.get()
      guard closed >= 0 else {
        throw HDF5Error.notWritten(file: path, what: "libhdf5 cannot write it out; is the disk full?")
      }
      guard rename(partial, path) == 0 else {
        throw HDF5Error.notWritten(file: path, what: String(cString: strerror(errno)))
      }
    } catch {
      unlink(partial)
      throw error
    }
  }

  private init(creating partial: String, for path: String) throws(HDF5Error) {
    // libhdf5's own words for this are four lines about file drivers.
    let probe = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard probe >= 0 else { throw .notWritten(file: path, what: String(cString: strerror(errno))) }
    close(probe)
    let created = libhdf5.withLock { _ in chdf5_create_file(partial) }
    guard created >= 0 else { throw .notWritten(file: path, what: "libhdf5 cannot create it") }
    file = created
    self.path = path
  }

  private func check(_ status: Bool, _ what: String) throws(HDF5Error) {
    guard status else { throw .notWritten(file: path, what: "libhdf5 cannot write \(what)") }
  }

  /// Creates an empty group, and those above it.
  /// - Throws: `HDF5Error.notWritten` if it exists already.
  public func group(_ name: String) throws(HDF5Error) {
    let created = libhdf5.withLock { _ in
      let group = chdf5_create_group(file, name)
      return group >= 0 && H5Gclose(group) >= 0
    }
    try check(created, "group \"\(name)\"")
  }

  /// Writes a float32 dataset in one piece, creating the groups above it.
  /// - Throws: `HDF5Error.notWritten` if it exists already or the disk is full.
  public func dataset(_ name: String, shape: [Int], _ values: UnsafeBufferPointer<Float>) throws(HDF5Error) {
    precondition(values.count == shape.reduce(1, *), "\(values.count) values for shape \(shape)")
    let written = libhdf5.withLock { _ in
      let space = Self.space(shape)
      let dataset = chdf5_create_dataset(file, name, chdf5_float32(), space)
      defer {
        H5Sclose(space)
        if dataset >= 0 { H5Dclose(dataset) }
      }
      return dataset >= 0
        && H5Dwrite(
          dataset, chdf5_native_float(), chdf5_all(), chdf5_all(), chdf5_defaults(), values.baseAddress) >= 0
    }
    try check(written, "dataset \"\(name)\"")
  }

  /// Writes a float32 dataset in one piece, creating the groups above it.
  /// - Throws: `HDF5Error.notWritten` if it exists already or the disk is full.
  public func dataset(_ name: String, shape: [Int], _ values: [Float]) throws(HDF5Error) {
    var failure: HDF5Error?
    values.withUnsafeBufferPointer { buffer in
      do throws(HDF5Error) { try dataset(name, shape: shape, buffer) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Writes a string attribute, as UTF-8 of variable length.
  public func attribute(_ name: String, _ value: String, of path: String = "/") throws(HDF5Error) {
    try attribute(name, of: path, count: nil, strings: [value])
  }

  /// Writes a list of strings as one attribute.
  public func attribute(_ name: String, _ values: [String], of path: String = "/") throws(HDF5Error) {
    try attribute(name, of: path, count: values.count, strings: values)
  }

  /// Writes an integer attribute of 64 bits.
  public func attribute(_ name: String, _ value: Int, of path: String = "/") throws(HDF5Error) {
    var value = Int64(value)
    try attribute(name, of: path, count: nil, type: chdf5_int64(), memory: chdf5_native_int64(), &value)
  }

  /// Writes a double attribute.
  public func attribute(_ name: String, _ value: Double, of path: String = "/") throws(HDF5Error) {
    var value = value
    try attribute(name, of: path, count: nil, type: chdf5_float64(), memory: chdf5_native_double(), &value)
  }

  /// Writes a list of doubles as one attribute.
  public func attribute(_ name: String, _ values: [Double], of path: String = "/") throws(HDF5Error) {
    var failure: HDF5Error?
    values.withUnsafeBytes { bytes in
      do throws(HDF5Error) {
        try attribute(
          name, of: path, count: values.count, type: chdf5_float64(), memory: chdf5_native_double(),
          bytes.baseAddress)
      } catch { failure = error }
    }
    if let failure { throw failure }
  }

  private func attribute(_ name: String, of path: String, count: Int?, strings: [String]) throws(HDF5Error) {
    let copies = strings.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    let type = libhdf5.withLock { _ in chdf5_string_type() }
    defer { _ = libhdf5.withLock { _ in H5Tclose(type) } }
    var failure: HDF5Error?
    copies.withUnsafeBytes { bytes in
      do throws(HDF5Error) {
        try attribute(name, of: path, count: count, type: type, memory: type, bytes.baseAddress)
      } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// `count` values, or a scalar where it is nil; an attribute of that name is replaced.
  private func attribute(
    _ name: String, of path: String, count: Int?, type: hid_t, memory: hid_t, _ values: UnsafeRawPointer?
  ) throws(HDF5Error) {
    let written = libhdf5.withLock { _ in
      let space = Self.space(count.map { [$0] } ?? [])
      let owner = path.isEmpty ? "/" : path
      if H5Aexists_by_name(file, owner, name, chdf5_defaults()) > 0 {
        H5Adelete_by_name(file, owner, name, chdf5_defaults())
      }
      let attribute = H5Acreate_by_name(
        file, owner, name, type, space, chdf5_defaults(), chdf5_defaults(), chdf5_defaults())
      defer {
        H5Sclose(space)
        if attribute >= 0 { H5Aclose(attribute) }
      }
      return attribute >= 0 && (count == 0 || H5Awrite(attribute, memory, values) >= 0)
    }
    try check(written, "attribute \"\(name)\" of \"\(path)\"")
  }

  private static func space(_ shape: [Int]) -> hid_t {
    let dimensions = shape.map { hsize_t($0) }
    return shape.isEmpty ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(shape.count), dimensions, nil)
  }
}
