"""Writes layers.json: what Keras' layers make of small inputs, and the gradients TensorFlow finds.

    python3 Tests/Golden/make_layers.py        (TensorFlow 2.20, Keras 3)

Numbers are made by `numbers(count, phase)`, which the test repeats, so only results are stored.
"""

import json
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
import keras
import numpy as np
import tensorflow as tf
from keras import layers


def numbers(shape, phase):
    count = int(np.prod(shape))
    return (2.5 * np.sin(1.7 * np.arange(count) + phase)).astype(np.float32).reshape(shape)


def record(name, function, *shapes):
    """Result for inputs with phases 0, 1, ...; gradient of <numbers(phase 9), result> at each input."""
    inputs = [tf.constant(numbers(shape, i)) for i, shape in enumerate(shapes)]
    with tf.GradientTape() as tape:
        for tensor in inputs:
            tape.watch(tensor)
        output = function(*inputs)
        total = tf.reduce_sum(output * numbers(output.shape, 9))
    gradients = tape.gradient(total, inputs)
    floats = lambda tensor: [float(f"{x:.9g}") for x in np.ravel(tensor)]
    return {
        "name": name,
        "inputs": [list(shape) for shape in shapes],
        "shape": list(output.shape),
        "output": floats(output),
        "gradients": [floats(g) for g in gradients],
    }


def with_weights(layer, *shapes):
    """Gives a built layer weights of phases 20, 21, ... (variances are squared and raised)."""
    layer.build(shapes[0] if len(shapes) == 1 else list(shapes))
    values = []
    for i, weight in enumerate(layer.weights):
        value = numbers(weight.shape, 20 + i)
        values.append(value * value + 0.5 if "variance" in weight.path else value)
    layer.set_weights(values)
    return layer


def convolution(name, shape, **options):
    return record(name, with_weights(layers.Conv2D(**options), shape), shape)


def transposed(name, shape, **options):
    return record(name, with_weights(layers.Conv2DTranspose(**options), shape), shape)


def depthwise(name, shape, **options):
    return record(name, with_weights(layers.DepthwiseConv2D(**options), shape), shape)


ACTIVATIONS = {
    "elu": "elu", "selu": "selu", "softplus": "softplus", "softsign": "softsign", "sigmoid": "sigmoid",
    "tanh": "tanh", "exponential": "exponential", "silu": "silu", "mish": "mish", "gelu": "gelu",
    "hard_sigmoid": "hard_sigmoid", "hard_silu": "hard_silu",
}

entries = [record("activation " + ours, getattr(keras.activations, keras_name), (1, 24))
           for ours, keras_name in ACTIVATIONS.items()]
entries += [
    record("activation gelu_tanh", lambda x: keras.activations.gelu(x, approximate=True), (1, 24)),
    # Keras 2's hard_sigmoid, as its documentation defines it.
    record("activation hard_sigmoid_keras2", lambda x: tf.clip_by_value(0.2 * x + 0.5, 0, 1), (1, 24)),
    record("relu", layers.ReLU(), (1, 24)),
    record("relu at most 2", layers.ReLU(max_value=2.0), (1, 24)),
    record("relu above 0.5, at most 2", layers.ReLU(max_value=2.0, threshold=0.5), (1, 24)),
    record("leaky 0.3", layers.LeakyReLU(negative_slope=0.3), (1, 24)),
    record("leaky 0.1 above 0.5, at most 2",
           layers.ReLU(max_value=2.0, negative_slope=0.1, threshold=0.5), (1, 24)),
    record("elu 0.7", layers.ELU(alpha=0.7), (1, 24)),
    record("prelu", with_weights(layers.PReLU(), (1, 24)), (1, 24)),
    record("prelu shared over space", with_weights(layers.PReLU(shared_axes=[1, 2]), (1, 2, 3, 4)), (1, 2, 3, 4)),
    record("layer norm", with_weights(layers.LayerNormalization(), (2, 2, 3, 4)), (2, 2, 3, 4)),
    record("layer norm of maps", with_weights(layers.LayerNormalization(axis=[1, 2, 3]), (2, 2, 3, 4)),
           (2, 2, 3, 4)),
    record("cropping", layers.Cropping2D(((1, 0), (0, 2))), (1, 3, 4, 2)),
    record("permute", layers.Permute((3, 1, 2)), (2, 2, 3, 4)),
    record("rescaling", layers.Rescaling([0.5, 2.0], [-1.0, 3.0]), (1, 2, 2, 2)),
    record("resizing bilinear", layers.Resizing(5, 3), (1, 3, 4, 2)),
    record("resizing nearest", layers.Resizing(2, 7, interpolation="nearest"), (1, 3, 4, 2)),
    record("up by nearest", layers.UpSampling2D((2, 3)), (1, 2, 3, 2)),
    record("up by bilinear", layers.UpSampling2D(2, interpolation="bilinear"), (1, 2, 3, 2)),
    record("softmax", layers.Softmax(), (2, 3, 4)),
    record("softmax along rows", layers.Softmax(axis=-2), (2, 3, 4)),
    convolution("conv same", (1, 4, 5, 2), filters=3, kernel_size=(3, 2), padding="same"),
    convolution("conv same stride 2", (1, 5, 6, 2), filters=2, kernel_size=3, strides=2, padding="same"),
    convolution("conv same stride 3 kernel 4", (1, 7, 8, 1), filters=2, kernel_size=4, strides=3, padding="same"),
    convolution("conv valid stride 2", (1, 6, 5, 2), filters=2, kernel_size=2, strides=2, use_bias=False),
    convolution("conv same dilation 2", (1, 5, 6, 2), filters=2, kernel_size=3, dilation_rate=2, padding="same"),
    convolution("conv 2 groups", (2, 4, 4, 4), filters=4, kernel_size=3, groups=2, padding="same"),
    transposed("transposed same stride 2", (1, 3, 4, 2), filters=3, kernel_size=3, strides=2, padding="same"),
    transposed("transposed valid stride 2", (1, 3, 4, 2), filters=2, kernel_size=(3, 2), strides=2),
    transposed("transposed same, output padding", (1, 3, 4, 1), filters=2, kernel_size=3, strides=2, padding="same",
               output_padding=1),
    transposed("transposed same stride 3 kernel 2", (1, 2, 3, 1), filters=2, kernel_size=2, strides=3,
               padding="same"),
    depthwise("depthwise same", (1, 4, 5, 2), kernel_size=3, padding="same"),
    depthwise("depthwise multiplier 2 stride 2", (1, 5, 5, 2), kernel_size=3, strides=2, depth_multiplier=2,
              padding="same"),
    record("dense", with_weights(layers.Dense(3), (2, 4)), (2, 4)),
    record("dense on a map", with_weights(layers.Dense(2), (1, 2, 3, 4)), (1, 2, 3, 4)),
    record("batch norm", with_weights(layers.BatchNormalization(), (2, 2, 3, 4)), (2, 2, 3, 4)),
    record("batch norm without scale", with_weights(layers.BatchNormalization(scale=False, epsilon=0.1), (2, 3)),
           (2, 3)),
    record("max pool same", layers.MaxPooling2D(3, 2, padding="same"), (1, 6, 7, 2)),
    record("max pool valid", layers.MaxPooling2D(2), (1, 5, 4, 2)),
    record("average pool same", layers.AveragePooling2D(3, 2, padding="same"), (1, 6, 7, 2)),
    record("average pool valid", layers.AveragePooling2D((2, 3)), (1, 5, 7, 2)),
    record("global average", layers.GlobalAveragePooling2D(), (2, 3, 2, 3)),
    record("global maximum, axes kept", layers.GlobalMaxPooling2D(keepdims=True), (2, 3, 2, 3)),
    record("zero padding", layers.ZeroPadding2D(((1, 2), (0, 3))), (1, 2, 2, 2)),
    record("reshape", layers.Reshape((2, -1)), (2, 2, 3)),
    record("concatenate rows", lambda a, b: layers.Concatenate(axis=-3)([a, b]), (1, 2, 2, 2), (1, 1, 2, 2)),
    record("add", lambda *x: layers.Add()(x), (1, 2, 3), (1, 2, 3), (1, 2, 3)),
    record("average", lambda *x: layers.Average()(x), (1, 2, 3), (1, 2, 3), (1, 2, 3)),
    record("multiply by a gate", lambda *x: layers.Multiply()(x), (2, 2, 2, 3), (2, 1, 1, 3)),
    record("multiply by a vector", lambda *x: layers.Multiply()(x), (2, 2, 2, 3), (2, 3)),
    record("maximum", lambda *x: layers.Maximum()(x), (1, 2, 3), (1, 2, 3), (1, 2, 3)),
    record("minimum", lambda *x: layers.Minimum()(x), (1, 2, 3), (1, 2, 3)),
    record("group norm", with_weights(layers.GroupNormalization(2), (2, 2, 3, 4)), (2, 2, 3, 4)),
    record("group norm of instances", with_weights(layers.GroupNormalization(-1, epsilon=0.1), (2, 2, 3, 4)),
           (2, 2, 3, 4)),
    record("RMS norm", with_weights(layers.RMSNormalization(), (2, 2, 3, 4)), (2, 2, 3, 4)),
    record("unit norm", layers.UnitNormalization(), (2, 2, 3, 4)),
    record("unit norm of maps", layers.UnitNormalization(axis=[1, 2, 3]), (2, 2, 3, 4)),
    record("attention", lambda q, v, k: layers.Attention()([q, v, k]), (2, 3, 4), (2, 5, 2), (2, 5, 4)),
    record("additive attention", lambda q, v, k: layers.AdditiveAttention(use_scale=False)([q, v, k]),
           (2, 3, 4), (2, 5, 2), (2, 5, 4)),
    record("dot of vectors", lambda *x: layers.Dot(1)(x), (2, 5), (2, 5)),
    record("dot of maps", lambda *x: layers.Dot((1, 2))(x), (2, 3, 4), (2, 5, 3)),
    record("subtract", lambda *x: layers.Subtract()(x), (1, 2, 3), (1, 2, 3)),
]

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "layers.json")
with open(path, "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(entry) for entry in entries) + "\n]\n")
print(f"{len(entries)} layers by TensorFlow {tf.__version__}, Keras {keras.__version__} in {path}")
