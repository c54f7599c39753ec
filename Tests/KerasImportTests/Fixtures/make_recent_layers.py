"""Tiny models of the layers that came after make_fixtures.py, saved by Keras itself, with what Keras computes.

    KERAS_BACKEND=tensorflow python make_recent_layers.py

Needs TensorFlow 2.20.0, Keras 3.15.1, tf_keras 2.20.1 and h5py. Writes beside itself recent3.zip and recent2.zip, laid out
as make_fixtures.py's. All numbers are drawn from one seed.
"""
import io
import os
import pathlib
import sys
import tempfile
import zipfile

import numpy as np

from make_fixtures import evaluate, randomise, write

HERE = pathlib.Path(__file__).parent
# Cases saved in the .keras format as well: those with layers inside the layer.
BOTH = ("attention_heads attention_cross attention_without_bias group_query_attention attention_scaled "
        "group_norm rms_norm conv1d").split()


def layers(keras, is3):
    """(name, input shape, function from input to output) for every layer and option."""
    L = keras.layers
    image, line = (5, 7, 6), (9, 4)
    yield "group_norm", image, lambda x: L.GroupNormalization(3)(x)
    yield "group_norm_bare", image, lambda x: L.GroupNormalization(2, scale=False, center=False, epsilon=0.01)(x)
    yield "group_norm_instances", image, lambda x: L.GroupNormalization(-1)(x)
    yield "group_norm_one", (5, 6), lambda x: L.GroupNormalization(1)(x)
    yield "unit_norm", image, lambda x: L.UnitNormalization()(x)
    yield "unit_norm_map", image, lambda x: L.UnitNormalization(axis=[1, 2, 3])(x)
    if is3:
        yield "rms_norm", image, lambda x: L.RMSNormalization()(x)
        yield "rms_norm_epsilon", (6,), lambda x: L.RMSNormalization(epsilon=0.1)(x)
    yield "conv1d", line, lambda x: L.Conv1D(3, 4, padding="same", activation="relu")(x)
    yield "conv1d_strided", line, lambda x: L.Conv1D(3, 2, strides=3, use_bias=False)(x)
    yield "conv1d_causal", line, lambda x: L.Conv1D(3, 3, padding="causal", dilation_rate=2)(x)
    yield "conv1d_groups", line, lambda x: L.Conv1D(6, 3, groups=2)(x)
    yield "conv1d_of_image", (4, 6, 3), lambda x: L.Conv1D(2, 3)(L.Reshape((12, 6))(x))
    yield "depthwise1d", line, lambda x: L.DepthwiseConv1D(3, strides=2, depth_multiplier=2, padding="same")(x)
    yield "separable1d", line, lambda x: L.SeparableConv1D(5, 3, depth_multiplier=2, activation="tanh")(x)
    if not is3:  # Keras 3 allows causal padding in Conv1D only
        yield "separable1d_causal", line, lambda x: L.SeparableConv1D(5, 3, padding="causal")(x)
    yield "transpose1d", line, lambda x: L.Conv1DTranspose(3, 3, strides=2, padding="same")(x)
    yield "transpose1d_valid", line, lambda x: L.Conv1DTranspose(3, 4, strides=3, use_bias=False)(x)
    yield "max_pool1d", line, lambda x: L.MaxPooling1D(3, strides=2, padding="same")(x)
    yield "max_pool1d_default", line, lambda x: L.MaxPooling1D()(x)
    yield "average_pool1d", line, lambda x: L.AveragePooling1D(4, strides=3)(x)
    yield "average_pool1d_same", line, lambda x: L.AveragePooling1D(2, padding="same")(x)
    yield "global_average1d", line, lambda x: L.GlobalAveragePooling1D()(x)
    yield "global_average1d_keep", line, lambda x: L.GlobalAveragePooling1D(keepdims=True)(x)
    yield "global_max1d", line, lambda x: L.GlobalMaxPooling1D()(x)
    yield "average_pool1d_first", line, lambda x: L.AveragePooling1D(2, data_format="channels_first")(x)
    yield "global_average1d_first", line, lambda x: L.GlobalAveragePooling1D(
        keepdims=True, data_format="channels_first")(x)
    yield "zero_padding1d", line, lambda x: L.ZeroPadding1D((1, 2))(x)
    yield "cropping1d", line, lambda x: L.Cropping1D((1, 2))(x)
    yield "up_sampling1d", line, lambda x: L.UpSampling1D(3)(x)
    yield "repeat_vector", (5,), lambda x: L.RepeatVector(3)(x)
    yield "attention_heads", line, lambda x: L.MultiHeadAttention(2, 3, value_dim=5)(x, x)
    yield "attention_cross", line, lambda x: L.MultiHeadAttention(3, 2, output_shape=7)(
        x, value=L.Cropping1D(2)(x), key=L.Activation("tanh")(L.Cropping1D(2)(x)))
    yield "attention_without_bias", line, lambda x: L.MultiHeadAttention(2, 3, use_bias=False, dropout=0.3)(x, x)
    yield "attention_map", (3, 4, 6), lambda x: L.MultiHeadAttention(2, 3)(x, x)
    if is3:
        yield "group_query_attention", line, lambda x: L.GroupQueryAttention(3, 4, 2)(x, x)
    yield "attention_dot", line, lambda x: L.Attention()([x, L.Activation("tanh")(x)])
    yield "attention_keys", line, lambda x: L.Attention()([x, L.Conv1D(6, 1)(x), L.Activation("tanh")(x)])
    yield "attention_scaled", line, lambda x: L.Attention(use_scale=True)([x, L.Activation("tanh")(x)])
    yield "attention_concat", line, lambda x: L.Attention(use_scale=True, score_mode="concat")([x, x])
    yield "attention_additive", line, lambda x: L.AdditiveAttention()([x, L.Activation("tanh")(x)])
    yield "attention_additive_bare", line, lambda x: L.AdditiveAttention(use_scale=False)([x, x])
    yield "dot_vectors", (6,), lambda x: L.Dot(1)([x, L.Dense(6)(x)])
    yield "dot_maps", line, lambda x: L.Dot((1, 2))([x, L.Conv1D(9, 1)(x)])
    yield "dot_normalized", (6,), lambda x: L.Dot(1, normalize=True)([x, L.Dense(6)(x)])
    if is3:
        yield "adaptive_average", (6, 4, 3), lambda x: L.AdaptiveAveragePooling2D((3, 2))(x)
        yield "adaptive_max", (6, 4, 3), lambda x: L.AdaptiveMaxPooling2D(2)(x)
    yield "random_crop", (7, 8, 3), lambda x: L.RandomCrop(4, 5)(x)
    frozen = L.BatchNormalization(trainable=False)
    yield "batch_norm_frozen_in_training", image, lambda x: frozen(x, training=True)
    yield "dropout_of_nothing_in_training", image, lambda x: L.Dropout(0.0)(x, training=True)
    if is3:  # Keras 3 overrides the argument at inference; tf_keras does not, and such models are refused
        yield "batch_norm_in_training", image, lambda x: L.BatchNormalization()(x, training=True)
        yield "model_in_training", image, lambda x: keras.Sequential(
            [L.Input(image), L.BatchNormalization(), L.Dropout(0.5)])(x, training=True)
    yield "batch_norm_in_inference", image, lambda x: keras.Sequential(
        [L.Input(image), L.BatchNormalization(), L.Dropout(0.5)])(x, training=False)


def main(which):
    is3 = which == "recent3"
    if is3:
        import keras
    else:
        import tf_keras as keras
    rng = np.random.default_rng(6)
    with zipfile.ZipFile(HERE / f"{which}.zip", "w") as out, tempfile.TemporaryDirectory() as temporary:
        for name, shape, build in layers(keras, is3):
            keras.backend.clear_session()
            inputs = keras.layers.Input(shape)
            model = keras.Model(inputs, build(inputs))
            randomise(model, rng)
            try:
                expected = evaluate(model, rng)
            except Exception as error:
                print(f"{which} {name}: not computed here: {str(error)[:100]}", file=sys.stderr)
                continue
            for key, value in expected.items():
                buffer = io.BytesIO()
                np.save(buffer, np.ascontiguousarray(value))
                write(out, f"{name}/{key}.npy", buffer.getvalue())
            for suffix in ["h5"] + (["keras"] if name in BOTH else []):
                path = os.path.join(temporary, f"model.{suffix}")
                model.save(path, **({"include_optimizer": False} if suffix == "h5" else {}))
                write(out, f"{name}/model.{suffix}", pathlib.Path(path).read_bytes())


if __name__ == "__main__":
    main("recent3")
    main("recent2")
