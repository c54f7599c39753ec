import Imaging
import SaliencyCore
import Testing

@testable import Support

@Suite struct InputTransformTests {
  /// `keras.utils.load_img` on our own fixtures, all bytes.
  @Test func sameBytesAsKerasLoadsThem() throws {
    let loads = try Fixtures.decoded("preprocessing.json", as: KerasReference.self).loads
    #expect(loads.count == 24)
    for load in loads {
      let transform = InputTransform(
        height: load.size[0], width: load.size[1], channels: load.channels, resampling: load.resampling,
        fit: load.fit)
      let image = try Image(contentsOf: Fixtures.path(load.file), options: .keras)
      let output = try transform(image)
      #expect(output.shape == [1, load.size[0], load.size[1], load.channels])
      let expected = Fixtures.bytes(hex: load.bytes).map { Float($0) }
      #expect(output.scalars == expected, "\(load.file) \(load.resampling) \(load.fit)")
    }
  }

  @Test func pictureIsWhatTheNetworkSees() throws {
    let image = try Image(contentsOf: Fixtures.path("ycc444.jpg"))
    for form in ["none", "unit", "tf", "caffe", "torch"] {
      let transform = InputTransform(
        height: image.height, width: image.width, preprocessing: try Preprocessing(form))
      #expect(try transform.picture(of: transform(image)) == image)
    }
    let small = InputTransform(height: 8, width: 8, channels: 1, preprocessing: .tf)
    let picture = try small.picture(of: small(image))
    #expect(picture.height == 8 && picture == picture.grey)
  }

  @Test func centerCropKeepsTheMiddle() throws {
    let image = Image(width: 9, height: 3) { RGB(UInt8($1), UInt8($0), 0) }
    let tall = InputTransform(height: 3, width: 3, fit: .centerCrop)
    #expect(Image(tall.colors(of: image)) == image.cropped(to: ImagePart(rows: 0..<3, columns: 3..<6)))
    let one = InputTransform(height: 1, width: 100, resampling: .nearest, fit: .centerCrop)
    #expect(one.colors(of: image).shape == [1, 1, 100, 3])
  }

  @Test func everyResamplingReachesTheSize() {
    let image = Image(width: 10, height: 6) { RGB(UInt8($0 * 40), UInt8($1 * 25), 7) }
    for resampling in InputTransform.Resampling.allCases {
      for size in [(1, 1), (3, 20), (6, 10)] {
        let transform = InputTransform(height: size.0, width: size.1, resampling: resampling)
        let colors = transform.colors(of: image)
        #expect(colors.shape == [1, size.0, size.1, 3])
        #expect(colors.scalars.allSatisfy { (0...255).contains($0) })
      }
    }
  }
}
