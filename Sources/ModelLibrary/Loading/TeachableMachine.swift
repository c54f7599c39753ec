internal import SaliencyCore

extension Graph {
  /// Whether the network is what Teachable Machine's image projects export, which all take `x / 127.5 - 1`.
  ///
  /// Their file does not say so. It is known by the names that only TensorFlow.js makes (`dense_Dense5`,
  /// `global_average_pooling2d_GlobalAveragePooling2D3`) around a MobileNetV2 inside other models.
  var isTeachableMachine: Bool {
    let names = nodes.map(\.name)
    let hasPooling = names.contains { $0.contains("/global_average_pooling2d_GlobalAveragePooling2D") }
    let hasHead = names.contains { $0.contains("/dense_Dense") }
    return hasPooling && hasHead && names.contains { $0.hasSuffix("/expanded_conv_depthwise") }
  }
}
