import Testing

@testable import KerasImport

/// What the toolkit promises to load, line by line: the classes, and the comparisons with Keras that say so.
///
/// Every layer's gradient check is the business of `LayerCoverageTests` in the core's tests.
@Suite struct SupportedLayersTests {
  struct Promise: Sendable, CustomTestStringConvertible {
    var what: String
    /// Classes of Keras, of any version.
    var types: [String]
    /// Cases of keras2.zip and keras3.zip or of saved.zip.
    var cases: [String]
    var testDescription: String { what }

    init(_ what: String, _ types: String..., in cases: String...) {
      self.what = what
      self.types = types
      self.cases = cases
    }
  }

  static let layers: [Promise] = [
    Promise(
      "convolution of any size, strides, dilation, groups, padding", "Conv2D", "Convolution2D",
      in: "conv_same_strides", "conv_valid_rect", "conv_even_same", "conv_dilated", "conv_groups",
      "keras2_sizes_of_kernels_h5", "keras3_sizes_of_kernels_keras"),
    Promise(
      "transposed convolution", "Conv2DTranspose",
      in: "transpose_same", "transpose_valid", "transpose_small", "transpose_output_padding",
      "transpose_dilated"),
    Promise("depthwise convolution", "DepthwiseConv2D", in: "depthwise", "depthwise_valid"),
    Promise("separable convolution", "SeparableConv2D", in: "separable", "separable_multiplier"),
    Promise("dense, also of a map", "Dense", in: "dense_vector", "dense_map", "dense_softmax"),
    Promise(
      "batch normalisation", "BatchNormalization", in: "batch_norm", "batch_norm_bare", "batch_norm_vector"),
    Promise(
      "layer normalisation", "LayerNormalization", in: "layer_norm", "layer_norm_map", "layer_norm_bare"),
    Promise(
      "group normalisation", "GroupNormalization",
      in: "group_norm", "group_norm_bare", "group_norm_instances", "group_norm_one"),
    Promise("RMS normalisation", "RMSNormalization", in: "rms_norm", "rms_norm_epsilon"),
    Promise("unit normalisation", "UnitNormalization", in: "unit_norm", "unit_norm_map"),
    Promise(
      "convolution over one axis", "Conv1D",
      in: "conv1d", "conv1d_strided", "conv1d_causal", "conv1d_groups", "conv1d_of_image"),
    Promise(
      "depthwise and separable over one axis", "DepthwiseConv1D", "SeparableConv1D",
      in: "depthwise1d", "separable1d", "separable1d_causal"),
    Promise("transposed over one axis", "Conv1DTranspose", in: "transpose1d", "transpose1d_valid"),
    Promise(
      "pooling over one axis", "MaxPooling1D", "AveragePooling1D",
      in: "max_pool1d", "max_pool1d_default", "average_pool1d", "average_pool1d_same", "average_pool1d_first"),
    Promise(
      "global pooling over one axis", "GlobalAveragePooling1D", "GlobalMaxPooling1D",
      in: "global_average1d", "global_average1d_keep", "global_average1d_first", "global_max1d"),
    Promise(
      "length of sequences", "ZeroPadding1D", "Cropping1D", "UpSampling1D", "RepeatVector",
      in: "zero_padding1d", "cropping1d", "up_sampling1d", "repeat_vector"),
    Promise(
      "attention with several heads", "MultiHeadAttention",
      in: "attention_heads", "attention_cross", "attention_without_bias", "attention_map"),
    Promise("grouped-query attention", "GroupQueryAttention", in: "group_query_attention"),
    Promise(
      "attention", "Attention",
      in: "attention_dot", "attention_keys", "attention_scaled", "attention_concat"),
    Promise("additive attention", "AdditiveAttention", in: "attention_additive", "attention_additive_bare"),
    Promise("dot product", "Dot", in: "dot_vectors", "dot_maps", "dot_normalized"),
    Promise(
      "adaptive pooling", "AdaptiveAveragePooling2D", "AdaptiveMaxPooling2D", in: "adaptive_average",
      "adaptive_max"),
    Promise("crop from the middle", "RandomCrop", "CenterCrop", in: "random_crop"),
    Promise("normalisation", "Normalization", in: "normalization_given", "normalization_weights"),
    Promise("rescaling", "Rescaling", in: "rescaling", "rescaling_channels"),
    Promise("resizing", "Resizing", in: "resizing", "resizing_nearest", "keras3_resizing_cropped_keras"),
    Promise("maximum", "MaxPooling2D", in: "max_pool", "max_pool_default"),
    Promise("average", "AveragePooling2D", in: "average_pool", "average_pool_valid"),
    Promise(
      "global pooling", "GlobalAveragePooling2D", "GlobalMaxPooling2D",
      in: "global_average", "global_average_keep", "global_max"),
    Promise("zero padding", "ZeroPadding2D", in: "zero_padding", "zero_padding_one"),
    Promise("cropping", "Cropping2D", in: "cropping"),
    Promise("up-sampling", "UpSampling2D", in: "up_sampling", "up_sampling_bilinear"),
    Promise("flatten", "Flatten", in: "flatten"),
    Promise("reshape", "Reshape", in: "reshape"),
    Promise("permute", "Permute", in: "permute"),
    Promise(
      "the dropout family", "Dropout", "SpatialDropout2D", "GaussianDropout", "GaussianNoise", "AlphaDropout",
      in: "dropouts", "keras2_sizes_of_kernels_h5", "keras3_sizes_of_kernels_keras"),
    Promise(
      "augmentation", "RandomFlip", "RandomRotation", "RandomZoom", "RandomContrast", "RandomBrightness",
      "RandomTranslation", in: "augmentation", "keras2_transfer_h5", "keras3_transfer_keras"),
    Promise("adding", "Add", in: "merge_add", "merge_three"),
    Promise("subtracting", "Subtract", in: "merge_subtract"),
    Promise("multiplying", "Multiply", in: "merge_multiply", "merge_broadcast"),
    Promise("averaging", "Average", in: "merge_average"),
    Promise("maximum of several", "Maximum", in: "merge_maximum"),
    Promise("minimum of several", "Minimum", in: "merge_minimum"),
    Promise("concatenating", "Concatenate", in: "concatenate", "concatenate_rows"),
    Promise("ReLU with all options", "ReLU", in: "relu6", "relu_options"),
    Promise("leaky ReLU", "LeakyReLU", in: "leaky"),
    Promise("PReLU", "PReLU", in: "prelu", "prelu_shared"),
    Promise("ELU", "ELU", in: "elu_layer"),
    Promise("softmax", "Softmax", in: "softmax_layer", "softmax_axis"),
  ]

  static let activations: [Promise] =
    [
      "relu", "elu", "selu", "softplus", "softsign", "sigmoid", "tanh", "hard_sigmoid", "hard_swish", "swish",
      "gelu", "exponential", "mish", "linear", "softmax", "relu6",
    ].map { Promise($0, "Activation", in: "activation_" + $0) }
    + [
      Promise("silu", "Silu", in: "keras3_ops_relu_mean_keras", "keras2_tf_relu_mean_h5"),
      Promise("gelu by tanh", "Gelu", in: "keras3_ops_relu_mean_keras", "keras2_tf_relu_mean_h5"),
    ]

  static let structures: [Promise] = [
    Promise(
      "models in models", in: "nested", "nested_deep", "nested_frozen", "nested_partly_frozen",
      "keras2_four_deep_h5", "keras3_four_deep_keras"),
    Promise(
      "shared layers", in: "shared_layer", "shared_model", "keras2_siamese_h5",
      "keras3_shared_through_a_model_keras"),
    Promise(
      "several inputs and outputs", in: "keras2_several_inputs_and_outputs_h5",
      "keras3_several_inputs_and_outputs_keras"),
    Promise("inputs of unknown size", in: "keras2_size_left_open_h5", "keras3_size_left_open_keras"),
    Promise(
      "channels first", in: "channels_first_flatten", "channels_first_gap", "channels_first_mixed",
      "keras2_channels_first", "keras3_channels_first", "keras1_th_tensorflow"),
  ]

  static let formats: [Promise] = [
    Promise("full model of Keras 1", in: "keras1_tf_tensorflow", "keras1_functional_th", "keras1_th_theano"),
    Promise(
      "full model of Keras 2 and tf.keras", in: "keras2_everything", "keras2_bare_list", "tensorflow1_names"),
    Promise("full model of Keras 3", in: "keras3_everything"),
    Promise("weights in HDF5 with an architecture", in: "keras2_weights", "json_in_a_string"),
    Promise("Keras 3 weights", in: "keras3_v3_weights", "keras2_v3_weights"),
    Promise("Keras 3 archive, stored and deflated", in: "keras3_compiled_keras", "keras_deflated"),
    Promise("content before suffix", in: "keras_called_h5", "full_called_keras", "full_called_weights"),
  ]

  private static let known = Set(FixturesTests.cases.map(\.name) + SavedFilesTests.cases.map(\.name))

  @Test(arguments: layers + activations + structures + formats)
  func isComparedWithKeras(_ promise: Promise) {
    for type in promise.types { #expect(LayerTable.decoder(for: type) != nil, "no decoder for \(type)") }
    #expect(!promise.cases.isEmpty)
    for name in promise.cases { #expect(Self.known.contains(name), "no comparison \(name)") }
  }
}
