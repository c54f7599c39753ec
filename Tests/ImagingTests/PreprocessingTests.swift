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
    #expect(try Preprocessing("scale(10,1)")(color).scalars == [0, 1, 2])
  }

  @Test(arguments: [
    "none", "unit", "tf", "caffe", "torch", "caffe(104,117,123)", "scale(2.5,-3)", "scale(256)",
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
        == "preprocessing \"caffe\" is for images of 3 channels, but the input has 1; use none, unit, tf or scale"
    )
  }

  @Test(arguments: [
    (
      "cafe",
      "preprocessing \"cafe\": no such form; did you mean \"caffe\" or \"scale\"?; "
        + "wanted none, unit, tf, caffe, torch, scale, with numbers as in caffe(104,117,123)"
    ),
    (
      "caffe(1,2)",
      "preprocessing \"caffe(1,2)\": wanted three means in the order blue, green, red, as in caffe(104,117,123)"
    ),
    ("caffe(1,x,2)", "preprocessing \"caffe(1,x,2)\": wanted three means"),
    ("torch(1,1,1,0,1,1)", "preprocessing \"torch(1,1,1,0,1,1)\": wanted three means and three deviations"),
    (
      "scale(0)",
      "preprocessing \"scale(0)\": wanted scale(divisor) or scale(divisor,offset), the divisor not 0"
    ),
    ("scale(nan)", "preprocessing \"scale(nan)\": wanted scale(divisor)"),
  ])
  func mistakes(_ text: String, _ sentence: String) {
    let error = #expect(throws: PreprocessingError.self) { try Preprocessing(text) }
    #expect(error?.description.hasPrefix(sentence) == true, "\(error?.description ?? "")")
  }
}
