public import Foundation
import SaliencyCore

extension Image {
  /// The picture as an 8-bit PNG file, RGB or, where it is grey, grey; the same picture gives the same bytes.
  public func pngData() throws(ImageError) -> Data { Data(try PNG.encode(self, named: "PNG")) }

  /// Writes the picture as an 8-bit PNG file, beside `path` first and then renamed into place.
  ///
  /// - Throws: `FileWriteError` where the folder is missing or cannot be written.
  public func writePNG(to path: String) throws {
    try AtomicFile.write(Data(try PNG.encode(self, named: path)), to: path)
  }
}
