public import Foundation
import SaliencyCore
internal import Support

/// How hard PNG files are compressed.
public enum PNGCompression: Sendable, Hashable {
  /// For files that are kept, sent or published.
  case small
  /// For files that a user waits for: in a fifth of the time, from a fifth smaller to a fifth larger.
  case fast
}

extension Image {
  /// The picture as an 8-bit PNG file, RGB or, where it is grey, grey; the same picture gives the same bytes.
  public func pngData(_ compression: PNGCompression = .small) throws(ImageError) -> Data {
    Data(try PNG.encode(self, named: "PNG", compression: compression))
  }

  /// Writes the picture as an 8-bit PNG file, beside `path` first and then renamed into place.
  ///
  /// - Throws: `FileWriteError` if the folder is missing or cannot be written.
  public func writePNG(to path: String, _ compression: PNGCompression = .small) throws {
    try AtomicFile.write(Data(try PNG.encode(self, named: path, compression: compression)), to: path)
  }
}
