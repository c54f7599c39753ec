"""Tiny models of every layer and option, saved by Keras itself, with what Keras computes.

    KERAS_BACKEND=tensorflow python make_fixtures.py

Needs TensorFlow 2.20, Keras 3, tf_keras and h5py. Writes beside itself
keras3.zip and keras2.zip, with for each case NAME/model.h5 (and model.keras), input.npy, output.npy, seed.npy and
gradient.npy (d sum(output * seed) / d input).
All numbers are drawn from one seed, so that a second run with the same versions writes the same values.
"""
import io
import os
import pathlib
import sys
import tempfile
import zipfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
import numpy as np
import tensorflow as tf

HERE = pathlib.Path(__file__).parent
# Cases saved in the .keras format as well.
BOTH = ("nested nested_deep nested_frozen swapped_names separable normalization_weights augmentation shared_model "
        "batch_norm prelu transpose_same").split()
ACTIVATIONS = ("relu elu selu softplus softsign sigmoid tanh hard_sigmoid swish gelu exponential linear softmax").split()


def layers(keras, is3):
    """(name, input shape, function from input to output) for every layer and option."""
    L = keras.layers
    image = (5, 7, 3)
    yield "conv_same_strides", image, lambda x: L.Conv2D(4, 3, strides=2, padding="same", activation="relu")(x)
    yield "conv_valid_rect", image, lambda x: L.Conv2D(4, (2, 3), strides=(2, 1), use_bias=False)(x)
    yield "conv_even_same", image, lambda x: L.Conv2D(4, (2, 4), strides=(3, 2), padding="same")(x)
    yield "conv_dilated", image, lambda x: L.Conv2D(4, 3, dilation_rate=(2, 3), padding="same")(x)
    yield "conv_groups", (6, 6, 4), lambda x: L.Conv2D(6, 3, groups=2, padding="same", activation="tanh")(x)
    yield "depthwise", image, lambda x: L.DepthwiseConv2D(3, strides=2, padding="same", depth_multiplier=2)(x)
    yield "depthwise_valid", image, lambda x: L.DepthwiseConv2D((3, 2), use_bias=False, activation="relu")(x)
    yield "separable", image, lambda x: L.SeparableConv2D(5, 3, strides=2, padding="same", activation="relu")(x)
    yield "separable_multiplier", image, lambda x: L.SeparableConv2D(5, 3, depth_multiplier=2, use_bias=False)(x)
    yield "transpose_same", image, lambda x: L.Conv2DTranspose(4, 3, strides=2, padding="same", activation="relu")(x)
    yield "transpose_valid", image, lambda x: L.Conv2DTranspose(4, (3, 2), strides=(2, 3), use_bias=False)(x)
    yield "transpose_small", image, lambda x: L.Conv2DTranspose(2, 2, strides=3)(x)
    yield "transpose_output_padding", image, lambda x: L.Conv2DTranspose(
        4, 3, strides=2, padding="same", output_padding=1)(x)
    yield "transpose_dilated", image, lambda x: L.Conv2DTranspose(2, 3, dilation_rate=2, padding="same")(x)
    yield "dense_vector", (5,), lambda x: L.Dense(4, activation="sigmoid")(x)
    yield "dense_map", image, lambda x: L.Dense(4, use_bias=False)(x)
    yield "batch_norm", image, lambda x: L.BatchNormalization()(x)
    yield "batch_norm_bare", image, lambda x: L.BatchNormalization(scale=False, center=False, epsilon=0.01)(x)
    yield "batch_norm_vector", (6,), lambda x: L.BatchNormalization(scale=False)(x)
    yield "layer_norm", image, lambda x: L.LayerNormalization(epsilon=1e-6)(x)
    yield "layer_norm_map", (4, 5, 3), lambda x: L.LayerNormalization(axis=[1, 2, 3])(x)
    yield "layer_norm_bare", image, lambda x: L.LayerNormalization(scale=False, center=False)(x)
    yield "normalization_given", image, lambda x: L.Normalization(mean=[0.1, 0.2, 0.3], variance=[1.0, 2.0, 3.0])(x)
    yield "normalization_weights", image, lambda x: L.Normalization()(x)
    yield "rescaling", image, lambda x: L.Rescaling(1 / 127.5, offset=-1)(x)
    yield "rescaling_channels", image, lambda x: L.Rescaling([0.5, 2.0, 3.0], offset=[0.1, 0.2, 0.3])(x)
    yield "resizing", image, lambda x: L.Resizing(5, 13)(x)
    yield "resizing_nearest", image, lambda x: L.Resizing(10, 4, interpolation="nearest")(x)
    yield "max_pool", image, lambda x: L.MaxPooling2D(3, strides=2, padding="same")(x)
    yield "max_pool_default", image, lambda x: L.MaxPooling2D()(x)
    yield "average_pool", image, lambda x: L.AveragePooling2D((2, 3), strides=(2, 1), padding="same")(x)
    yield "average_pool_valid", image, lambda x: L.AveragePooling2D(3)(x)
    yield "global_average", image, lambda x: L.GlobalAveragePooling2D()(x)
    yield "global_average_keep", image, lambda x: L.GlobalAveragePooling2D(keepdims=True)(x)
    yield "global_max", image, lambda x: L.GlobalMaxPooling2D()(x)
    yield "zero_padding", image, lambda x: L.ZeroPadding2D(((1, 2), (0, 3)))(x)
    yield "zero_padding_one", image, lambda x: L.ZeroPadding2D(2)(x)
    yield "cropping", image, lambda x: L.Cropping2D(((1, 2), (0, 3)))(x)
    yield "up_sampling", image, lambda x: L.UpSampling2D((2, 3))(x)
    yield "up_sampling_bilinear", image, lambda x: L.UpSampling2D((3, 2), interpolation="bilinear")(x)
    yield "flatten", image, lambda x: L.Flatten()(x)
    yield "reshape", image, lambda x: L.Reshape((7, -1))(x)
    yield "permute", image, lambda x: L.Permute((3, 1, 2))(x)
    yield "dropouts", image, lambda x: L.GaussianNoise(0.3)(L.SpatialDropout2D(0.3)(L.Dropout(0.3)(x)))
    yield "augmentation", image, lambda x: L.RandomZoom(0.1)(L.RandomRotation(0.1)(L.RandomFlip("horizontal")(x)))
    yield "relu6", image, lambda x: L.ReLU(6.0)(x * 8.0)
    yield "relu_options", image, lambda x: L.ReLU(max_value=1.0, negative_slope=0.2, threshold=0.3)(x)
    yield "leaky", image, lambda x: L.LeakyReLU(0.2)(x)
    yield "elu_layer", image, lambda x: L.ELU(0.7)(x)
    yield "prelu", image, lambda x: L.PReLU()(x)
    yield "prelu_shared", image, lambda x: L.PReLU(shared_axes=[1, 2])(x)
    yield "softmax_layer", image, lambda x: L.Softmax()(x)
    yield "softmax_axis", image, lambda x: L.Softmax(axis=2)(x)
    for name in ACTIVATIONS + (["relu6", "hard_swish", "mish", "leaky_relu"] if is3 else ["mish", "leaky_relu"]):
        yield "activation_" + name, (3, 3, 4), lambda x, name=name: L.Activation(name)(x * 2.0 if name == "relu6" else x)
    yield "dense_softmax", (5,), lambda x: L.Dense(4, activation="softmax")(x)
    for merge in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"):
        yield "merge_" + merge.lower(), image, lambda x, merge=merge: getattr(L, merge)()(
            [L.Conv2D(3, 1)(x), L.Conv2D(3, 1)(x)])
    yield "merge_broadcast", image, lambda x: L.Multiply()([x, L.GlobalAveragePooling2D(keepdims=True)(x)])
    yield "merge_three", image, lambda x: L.Add()([x, L.Conv2D(3, 1)(x), L.Conv2D(3, 1)(x)])
    yield "concatenate", image, lambda x: L.Concatenate()([x, L.Conv2D(2, 1)(x)])
    yield "concatenate_rows", image, lambda x: L.Concatenate(axis=1)([x, L.Conv2D(3, 1)(x)])
    for module in ("resnet50", "densenet", "mobilenet_v2"):
        yield "preprocess_" + module, image, getattr(keras.applications, module).preprocess_input
    yield "operators", image, lambda x: (x / 2.0 - 1.0) * 3.0 + 0.5
    yield "operators_tensors", image, lambda x: L.Conv2D(3, 1)(x) * x + x


def structures(keras, is3):
    """Whole models: nesting, sharing, several inputs, axes first."""
    L, M = keras.layers, keras.Model

    def base(shape=(8, 8, 3), name="base"):
        x = inputs = L.Input(shape)
        x = L.Conv2D(4, 3, name="conv")(x)
        x = L.BatchNormalization(name="bn")(x)
        x = L.ReLU(name="relu")(x)
        x = L.Conv2D(5, 3, name="conv_b", activation="relu")(x)
        x = L.BatchNormalization(name="bn_b")(x)
        return M(inputs, x, name=name)

    def head():
        # Scaled down, or the softmax saturates and its gradient is nothing but Keras' rounding.
        return keras.Sequential([L.Input((5,)), L.Rescaling(0.02), L.Dense(6, activation="relu"), L.Dense(3, activation="softmax")], name="head")

    inputs = L.Input((8, 8, 3))
    x = base()(inputs)
    x = L.GlobalAveragePooling2D(name="gap")(x)
    yield "nested", M(inputs, head()(x))

    frozen = base()
    frozen.trainable = False
    yield "nested_frozen", keras.Sequential([L.Input((8, 8, 3)), frozen, L.GlobalAveragePooling2D(), head()])

    partly = base()
    partly.get_layer("bn").trainable = False
    yield "nested_partly_frozen", keras.Sequential([L.Input((8, 8, 3)), partly, L.GlobalAveragePooling2D(), L.Dense(2)])

    deep = keras.Sequential([L.Input((8, 8, 3)), keras.Sequential([L.Input((8, 8, 3)), base(name="inner")], name="middle"),
                             L.Flatten(), L.Dense(3)], name="outer")
    yield "nested_deep", deep

    shared, inputs = L.Conv2D(3, 3, padding="same", activation="relu", name="shared"), L.Input((6, 6, 3))
    yield "shared_layer", M(inputs, L.Flatten()(L.Add()([shared(inputs), shared(shared(inputs))])))

    tower, inputs = base((6, 6, 3), "tower"), L.Input((6, 6, 3))
    yield "shared_model", M(inputs, L.Concatenate()([tower(inputs), tower(L.Activation("tanh")(inputs))]))

    # Names that collide with the groups of the .keras format.
    inputs = L.Input((6, 6, 3))
    x = L.Conv2D(3, 3, name="conv2d_1", padding="same")(inputs)
    x = L.Conv2D(3, 3, name="conv2d", padding="same")(x)
    yield "swapped_names", M(inputs, L.Dense(2, name="dense")(L.Flatten()(x)))

    if not is3:  # Keras 3 allows no slash
        inputs = L.Input((6, 6, 3))
        x = L.Conv2D(3, 3, name="stage/one")(inputs)
        yield "slashes", M(inputs, L.Conv2D(2, 3, name="stage/two", activation="relu")(x))

    # Convolutions with channels first do not run on a CPU in TensorFlow, pooling and the rest do.
    inputs = L.Input((3, 6, 8))
    x = L.BatchNormalization(axis=1)(inputs)
    x = L.ZeroPadding2D(1, data_format="channels_first")(x)
    x = L.Concatenate(axis=1)([x, L.Activation("tanh")(x)])
    x = L.UpSampling2D(2, data_format="channels_first")(x)
    if not is3:
        x = L.Cropping2D(1, data_format="channels_first")(x)
    yield "channels_first_flatten", M(inputs, L.Dense(3)(L.Flatten(data_format="channels_last")(x)))
    inputs = L.Input((3, 6, 8))
    x = L.BatchNormalization(axis=1)(inputs)
    x = L.ZeroPadding2D(1, data_format="channels_first")(x)
    yield "channels_first_gap", M(inputs, L.Dense(3)(L.GlobalAveragePooling2D(data_format="channels_first")(x)))
    inputs = L.Input((3, 6, 8))
    x = L.ZeroPadding2D(1, data_format="channels_first")(inputs)
    yield "channels_first_mixed", M(inputs, L.Conv2D(2, 3)(x))


def randomise(model, rng):
    values = []
    for value, variable in zip(model.get_weights(), model.weights):
        name = getattr(variable, "path", variable.name)
        if "variance" in name:
            new = rng.uniform(0.5, 2, value.shape)
        elif "count" in name:
            new = value
        else:
            new = rng.normal(0, 0.5, value.shape) + (1 if "gamma" in name else 0)
        values.append(np.asarray(new, value.dtype))
    model.set_weights(values)
    for layer in model.layers:
        if hasattr(layer, "finalize_state"):  # or Normalization goes on with its first statistics
            layer.finalize_state()


def evaluate(model, rng):
    shape = (1,) + tuple(model.input_shape[1:])
    x = tf.constant(rng.normal(0, 1, shape).astype("float32"))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = model(x, training=False)
        seed = tf.constant(rng.normal(0, 1, y.shape).astype("float32"))
        total = tf.reduce_sum(y * seed)
    return dict(input=x, output=y, seed=seed, gradient=tape.gradient(total, x))


def main(which):
    is3 = which == "keras3"
    if is3:
        import keras
    else:
        import tf_keras as keras
    rng = np.random.default_rng(5)
    models = []
    for name, shape, build in layers(keras, is3):
        keras.backend.clear_session()
        inputs = keras.layers.Input(shape)
        models.append((name, keras.Model(inputs, build(inputs))))
    models += list(structures(keras, is3))
    with zipfile.ZipFile(HERE / f"{which}.zip", "w") as out, tempfile.TemporaryDirectory() as temporary:
        for name, model in models:
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
            formats = ["h5"] + (["keras"] if is3 and name in BOTH else [])
            for suffix in formats:
                path = os.path.join(temporary, f"model.{suffix}")
                model.save(path, **({"include_optimizer": False} if suffix == "h5" else {}))
                write(out, f"{name}/model.{suffix}", pathlib.Path(path).read_bytes())


def write(archive, name, content):
    entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content, compresslevel=9)


if __name__ == "__main__":
    main("keras3")
    main("keras2")
