internal import SaliencyCore

extension UnsafeMutableBufferPointer<Float> {
  /// Replaces pixels of an image, given as its elements in row-major order, by those of another image of its size.
  func take(_ pixels: some Sequence<Int>, of replacement: Tensor, channels: Int) {
    replacement.withUnsafeScalars { replacement in
      for pixel in pixels {
        for i in (pixel * channels)..<((pixel + 1) * channels) { self[i] = replacement[i] }
      }
    }
  }
}
