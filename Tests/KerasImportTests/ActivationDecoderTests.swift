import SaliencyCore
import Testing

@testable import KerasImport

@Suite struct ActivationDecoderTests {
  private func layer(_ config: String) throws -> any Layer {
    let json = try JSON.parse(Array(#"{"class_name": "ReLU", "config": {\#(config)}}"#.utf8))
    return try #require(try ActivationDecoder.function(json, Dialect(major: 3)))
  }

  /// Keras computes ReLU6 by TensorFlow's own, whose gradient at 6 is 0, and clips otherwise, where it is 1.
  @Test func theGradientAtTheMaximumIsThatOfKeras() throws {
    func isPassed(_ config: String) throws -> Bool? {
      let layer = try layer(config)
      return (layer as? ReLU)?.passesMaximum ?? (layer as? LeakyReLU)?.passesMaximum
    }
    #expect(try isPassed("") == false)
    #expect(try isPassed(#""max_value": 6"#) == false)
    #expect(try isPassed(#""max_value": 6, "negative_slope": 0.1"#) == false)
    #expect(try isPassed(#""max_value": 2"#) == true)
    #expect(try isPassed(#""max_value": 6, "threshold": 1"#) == true)
    #expect(try isPassed(#""max_value": 2, "negative_slope": 0.1"#) == true)
  }
}
