import Testing

@testable import KerasImport

/// A malformed value of a configuration is an error that names the layer, the key, what was found and what was expected.
@Suite struct MalformedValuesTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var type: String
    var fields: String
    var sentence: String
    var testDescription: String { "\(type) \(fields)" }

    init(_ type: String, _ fields: String, _ sentence: String) {
      self.type = type
      self.fields = fields
      self.sentence = sentence
    }
  }

  static let cases = [
    Case(
      "MaxPooling2D", #""pool_size": ["x", 3]"#,
      #"key "pool_size": found ["x", 3], expected one or two integers from 1 to 65536"#),
    Case(
      "MaxPooling2D", #""pool_size": 0"#,
      #"key "pool_size": found 0, expected one or two integers from 1 to 65536"#),
    Case(
      "MaxPooling2D", #""strides": [2.5, 1]"#,
      #"key "strides": found [2.5, 1], expected one or two integers from 1 to 65536"#),
    Case(
      "MaxPooling2D", #""padding": "causal""#, #"key "padding": found "causal", expected "valid" or "same""#),
    Case(
      "MaxPooling2D", #""data_format": "channels_middle""#,
      #"key "data_format": found "channels_middle", expected "channels_last" or "channels_first" or "tf" or "th" or "default""#
    ),
    Case("MaxPooling2D", #""trainable": "yes""#, #"key "trainable": found "yes", expected true or false"#),
    Case("GlobalAveragePooling2D", #""keepdims": 2"#, #"key "keepdims": found 2, expected true or false"#),
    Case("ReLU", #""max_value": "six""#, #"key "max_value": found "six", expected a number"#),
    Case("ReLU", #""threshold": NaN"#, #"key "threshold": found nan, expected a finite number"#),
    Case(
      "LeakyReLU", #""negative_slope": [1, 2]"#,
      #"key "negative_slope": found [1, 2], expected a finite number"#),
    Case(
      "Softmax", #""axis": 4611686018427387904"#,
      #"key "axis": found 4611686018427387904, expected integers from -16 to 16"#),
    Case("Rescaling", #""scale": "a""#, #"key "scale": found "a", expected a number or a list of numbers"#),
    Case(
      "ZeroPadding2D", #""padding": [[1, "b"], 2]"#,
      #"key "padding": found [[1, "b"], 2], expected two pairs of integers from 0 to 4096"#),
    Case(
      "UpSampling2D", #""size": -1"#, #"key "size": found -1, expected one or two integers from 1 to 4096"#),
    Case(
      "Reshape", #""target_shape": [3, 1e300]"#,
      #"key "target_shape": found [3, 1e+300], expected integers from -1 to 1073741824"#),
    Case(
      "Conv2D", #""filters": 2, "kernel_size": 1, "groups": 4611686018427387904"#,
      #"key "groups": found 4611686018427387904, expected an integer from 1 to 65536"#),
    Case(
      "Conv2D", #""filters": 9223372036854775807, "kernel_size": 1"#,
      #"key "filters": found 9.223372036854776e+18, expected an integer from 1 to 16777216"#),
    Case(
      "Conv2D", #""filters": 2, "kernel_size": 1, "dilation_rate": {"a": [1, 2, 3]}"#,
      #"key "dilation_rate": found {"a": [1, 2, 3]}, expected one or two integers from 1 to 1024"#),
    Case(
      "Conv2D", #""filters": 2, "kernel_size": 1, "use_bias": "no""#,
      #"key "use_bias": found "no", expected true or false"#),
    Case(
      "BatchNormalization", #""epsilon": -1"#,
      #"key "epsilon": found -1, expected a number from 0.0 to 1000000.0"#),
    Case(
      "GroupNormalization", #""groups": 2"#,
      #"key "groups": found 2, expected a divisor of 3 channels, or -1"#),
    Case(
      "MultiHeadAttention", #""num_heads": 0, "key_dim": 2"#,
      #"key "num_heads": found 0, expected an integer from 1 to 65536"#),
  ]

  /// Read without a file of weights, so that only the value can be wrong.
  private func message(_ type: String, _ fields: String) -> String {
    let config = """
      {"class_name": "Sequential", "config": {"name": "m", "layers": [
        {"class_name": "InputLayer", "config": {"name": "in", "batch_input_shape": [null, 4, 4, 3]}},
        {"class_name": "\(type)", "config": {"name": "odd", \(fields)}}]}}
      """
    return message(config)
  }

  private func message(_ config: String) -> String {
    do {
      _ = try KerasModel.random(.text(Array(config.utf8), name: "FILE"))
      return "no error"
    } catch { return "\(error)" }
  }

  @Test(arguments: cases) func isAnErrorAndNoDefault(_ test: Case) {
    #expect(message(test.type, test.fields) == "FILE: layer \"odd\" (\(test.type)): \(test.sentence)")
  }

  @Test func shapesOfInputs() {
    func message(_ shape: String) -> String {
      self.message(
        """
        {"class_name": "Sequential", "config": {"name": "m", "layers": [
          {"class_name": "Flatten", "config": {"name": "flat", "batch_input_shape": \(shape)}}]}}
        """)
    }
    #expect(message("[null, 4, 4, 3]") == "no error")
    #expect(
      message("[null, \"x\", 4, 3]")
        == "FILE: layer \"flat\" (Flatten): key \"batch_input_shape\": found [null, \"x\", 4, 3], expected a list of sizes, "
        + "each an integer or null")
    #expect(message("[null, 4611686018427387904, 4, 3]").contains("expected a list of sizes"))
    #expect(
      message("[null, 100000, 4, 3]").contains(
        "found the shape [100000, 4, 3], expected sizes from 1 to 65536"))
    #expect(message("[null, 0, 4, 3]").contains("expected sizes from 1 to 65536"))
  }

  @Test func namesAndListsOfLayers() {
    #expect(
      message("{\"class_name\": \"Sequential\", \"config\": {\"layers\": 3}}")
        == "FILE: its model configuration cannot be read: key \"layers\" of a Sequential: found 3, expected a list"
    )
    #expect(
      message(
        "{\"class_name\": \"Sequential\", \"config\": {\"layers\": [{\"class_name\": \"Flatten\", \"name\": 5, \"config\": {}}]}}"
      )
        == "FILE: its model configuration cannot be read: key \"name\" of layer 0: found 5, expected a text")
  }

  @Test func nullIsKerasDefault() {
    #expect(message("MaxPooling2D", #""pool_size": null, "strides": null"#) == "no error")
    #expect(message("Conv2D", #""filters": 2, "kernel_size": 1, "use_bias": 0"#) == "no error")
  }

  @Test func randomWeightsAreBounded() {
    let text = message("Conv2D", #""filters": 16777216, "kernel_size": 65536"#)
    #expect(
      text.hasPrefix(
        "FILE: layer \"odd\" (Conv2D): its kernel has shape [65536, 65536, 3, 16777216], expected at most"))
  }
}
