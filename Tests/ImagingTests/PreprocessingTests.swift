import Foundation
import Imaging
import SaliencyCore
import Testing

struct KerasReference: Decodable {
  struct Load: Decodable {
    let file: String
    let channels: Int
    let size: [Int]
    let resampling: InputTransform.Resampling
    let fit: InputTransform.Fit
    let bytes: String
  }
  let modes: [String: [Float]]
  let loads: [Load]
}

@Suite struct PreprocessingTests {
  private let pixels = Tensor(shape: [1, 4, 5, 3], scalars: (0..<60).map { Float($0 * 7919 % 256) })

  @Test func sameFloatsAsKeras() throws {
    let modes = try Fixtures.decoded("preprocessing.json", as: KerasReference.self).modes
    #expect(modes.keys.sorted() == ["caffe", "tf", "torch"])
    for (name, expected) in modes {
      let output = try Preprocessing(name)(pixels).scalars
      #expect(output == expected, "\(name)")
    }
  }

  @Test func customMeansAreInTheOrderOfTheOutput() throws {
    let color = Tensor(shape: [1, 1, 1, 3], scalars: [10, 20, 30])
    #expect(try Preprocessing("caffe(104, 117, 123)")(color).scalars == [30 - 104, 20 - 117, 10 - 123])
    #expect(try Preprocessing("none")(color).scalars == [10, 20, 30])
  }

  /// Keras' `Rescaling(1 / 127.5, offset=-1)` and `Rescaling(1. / 255)`: x * scale + offset.
  @Test func rescalingIsKeras() throws {
    let color = Tensor(shape: [1, 1, 1, 3], scalars: [0, 51, 255])
    let scale = Float(1 / 127.5)
    for text in ["rescaling(1/127.5,-1)", "rescaling(1./127.5, -1.0)", "Rescaling(\(scale),-1)"] {
      #expect(try Preprocessing(text)(color).scalars == [0, 51, 255].map { $0 * scale + -1 })
    }
    #expect(try Preprocessing("rescaling(2,10)")(color).scalars == [10, 112, 520])
    #expect(try Preprocessing("rescaling(1/255)") == .rescaling(scale: Float(1 / 255.0), offset: 0))
    #expect(try Preprocessing("rescaling(1)") == .unchanged)
  }

  /// The old form divided and subtracted; a sentence gives the same numbers in the new one.
  @Test(arguments: [
    ("scale(127.5,1)", "rescaling(1/127.5,-1)"), ("scale(128, -0.99)", "rescaling(1/128,0.99)"),
    ("scale(255)", "rescaling(1/255)"), ("scale(0.5,2)", "rescaling(2,-2)"), ("scale(1)", "none"),
  ])
  func theOldFormIsRefused(_ old: String, _ new: String) throws {
    let error = #expect(throws: PreprocessingError.self) { try Preprocessing(old) }
    #expect(
      error?.description
        == "preprocessing \"\(old)\": scale(divisor,offset), which divided and then subtracted, is no longer read; write \(new), "
        + "as in Keras' Rescaling: x * scale + offset")
    let fields = old.dropFirst(6).dropLast().split(separator: ",").map { $0.filter { $0 != " " } }
    let (divisor, offset) = (try #require(Float(fields[0])), fields.count > 1 ? Float(fields[1]) ?? 0 : 0)
    let same = try Preprocessing(new)(pixels)
    #expect(
      zip(same.scalars, pixels.scalars).allSatisfy {
        abs($0 - ($1 / divisor - offset)) < 1e-5 * (1 + abs($0))
      })
  }

  @Test func blackAndWhite() throws {
    #expect(try Preprocessing.tf.blackAndWhite(channels: 1).scalars == [-1, 1])
    let caffe = try Preprocessing("caffe(104,117,123)").blackAndWhite(channels: 3)
    #expect(caffe.scalars == [-104, -117, -123, 151, 138, 132])
  }

  @Test(arguments: [
    "none", "unit", "tf", "caffe", "torch", "caffe(104,117,123)", "rescaling(2.5,-3)",
    "rescaling(1/127.5,-1)",
    "rescaling(0.5)",
  ])
  func inverseAndWrittenForm(_ text: String) throws {
    let preprocessing = try Preprocessing(text)
    #expect(preprocessing.description == text)
    let back = try preprocessing.inverse(try preprocessing(pixels))
    #expect(zip(back.scalars, pixels.scalars).allSatisfy { abs($0 - $1) < 1e-3 })
    let coded = try JSONDecoder().decode([Preprocessing].self, from: JSONEncoder().encode([preprocessing]))
    #expect(coded == [preprocessing])
  }

  @Test func greyNetworks() throws {
    let grey = Tensor(shape: [1, 1, 2, 1], scalars: [0, 255])
    #expect(try Preprocessing.tf(grey).scalars == [-1, 1])
    let error = #expect(throws: PreprocessingError.self) { try Preprocessing.caffe(grey) }
    #expect(
      error?.description
        == "preprocessing \"caffe\" is for images of 3 channels, but the input has 1; use none, unit, tf or rescaling"
    )
  }

  @Test(arguments: [
    (
      "cafe",
      "preprocessing \"cafe\": no such form; did you mean \"caffe\"?; "
        + "wanted none, unit, tf, caffe, torch, rescaling, with numbers as in caffe(104,117,123)"
    ),
    (
      "caffe(1,2)",
      "preprocessing \"caffe(1,2)\": wanted three means in the order blue, green, red, as in caffe(104,117,123)"
    ),
    ("caffe(1,x,2)", "preprocessing \"caffe(1,x,2)\": wanted three means"),
    ("torch(1,1,1,0,1,1)", "preprocessing \"torch(1,1,1,0,1,1)\": wanted three means and three deviations"),
    (
      "rescaling(0)",
      "preprocessing \"rescaling(0)\": wanted rescaling(scale) or rescaling(scale,offset), which is x * scale + offset, as in "
        + "rescaling(1/127.5,-1); the scale not 0"
    ),
    ("rescaling(nan)", "preprocessing \"rescaling(nan)\": wanted rescaling(scale)"),
    ("rescaling(1/0)", "preprocessing \"rescaling(1/0)\": wanted rescaling(scale)"),
    ("rescaling(12", "preprocessing \"rescaling(12\": wanted rescaling(scale)"),
    ("rescaling", "preprocessing \"rescaling\": wanted rescaling(scale)"),
    ("scale", "preprocessing \"scale\": wanted rescaling(scale)"),
    ("scale(0)", "preprocessing \"scale(0)\": wanted rescaling(scale)"),
  ])
  func mistakes(_ text: String, _ sentence: String) {
    let error = #expect(throws: PreprocessingError.self) { try Preprocessing(text) }
    #expect(error?.description.hasPrefix(sentence) == true, "\(error?.description ?? "")")
  }
}
