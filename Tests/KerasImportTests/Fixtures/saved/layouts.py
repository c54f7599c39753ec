"""Keras 2 with channels first and with Theano, which no TensorFlow on a processor computes: the configuration is rewritten."""
import json

import keras
import numpy as np
import tf_keras

from .common import case, changed, computed, config_changed, randomised, rng, saved, small


def everything(k):
    """Layers with a `data_format`, and those that go by an axis."""
    L = k.layers
    x = inputs = L.Input((8, 10, 3), name="image")
    x = L.ZeroPadding2D(((1, 0), (0, 1)))(x)
    x = L.Conv2D(4, (2, 3), padding="same", activation="relu")(x)
    x = L.BatchNormalization()(x)
    y = L.Conv2DTranspose(4, 3, strides=2, padding="same")(x)
    y = L.Cropping2D(((1, 2), (2, 1)))(y)
    y = L.MaxPooling2D(2)(y)
    y = L.SeparableConv2D(5, 3, activation="relu")(y)
    y = L.DepthwiseConv2D(2)(L.AveragePooling2D(1)(y))
    z = L.Conv2D(5, 1)(L.UpSampling2D(1)(x))
    z = L.Cropping2D(((2, 3), (3, 2)))(z)
    x = L.Concatenate()([L.Activation("tanh")(y), z])
    x = L.Dropout(0.5)(x)
    a, m = L.GlobalAveragePooling2D()(x), L.GlobalMaxPooling2D()(x)
    return randomised(k.Model(inputs, L.Dense(3)(L.Concatenate()([L.Flatten()(x), a, m]))))


def channels_first(config):
    for layer in config["config"]["layers"]:
        own = layer["config"]
        if "data_format" in own:
            own["data_format"] = "channels_first"
        for key in ("batch_input_shape", "batch_shape"):
            if own.get(key):
                n, h, w, c = own[key]
                own[key] = [n, c, h, w]
        is_map = layer["class_name"] == "BatchNormalization" or (
            layer["class_name"] == "Concatenate" and len(str(layer["inbound_nodes"]).split("conv")) > 1)
        if is_map and "axis" in own:
            own["axis"] = [1] if isinstance(own["axis"], list) else 1
        if layer["class_name"] == "Concatenate" and "activation" in str(layer["inbound_nodes"]):
            own["axis"] = 1


def theano(file):
    """What Keras 2 on Theano keeps: convolutions turned, all but the depthwise ones, which it turns itself."""
    file.attrs["backend"] = "theano"

    def turn(name, item):
        if name.endswith("kernel:0") and getattr(item, "ndim", 0) == 4 and "depthwise" not in name and "separable" not in name:
            item[...] = item[()][::-1, ::-1]

    file["model_weights"].visititems(turn)


def bare_list(config):
    """Sequential models before Keras 2.2.3."""
    config["config"] = [layer for layer in config["config"]["layers"] if layer["class_name"] != "InputLayer"]
    config["config"][0]["config"]["batch_input_shape"] = [None, 8, 10, 3]


def files():
    for k, which in ((tf_keras, "keras2"), (keras, "keras3")):
        model = everything(k)
        expected, content = computed(model), saved(model, include_optimizer=False)
        case(f"{which}_everything", content, expected)
        case(f"{which}_channels_first", config_changed(content, channels_first), expected)
        if k is tf_keras:
            case("keras2_theano", changed(content, theano), expected)
            case("keras2_theano_channels_first", changed(config_changed(content, channels_first), theano), expected)
    L = tf_keras.layers
    plain = randomised(tf_keras.Sequential([
        L.Input((8, 10, 3)), L.Conv2D(4, 3, activation="relu"), L.Flatten(), L.Dense(3)]))
    expected, content = computed(plain), saved(plain, include_optimizer=False)
    case("keras2_bare_list", config_changed(content, bare_list), expected)

    def state_of_augmentation(file):
        """tf.keras 2.6 to 2.8 kept the state of random layers among the weights."""
        root = file["model_weights"]
        group = root.create_group("random_flip")
        group.create_dataset("StateVar:0", data=np.zeros(3, "int64"))
        group.attrs["weight_names"] = np.array([b"StateVar:0"])
        names = [n.decode() if isinstance(n, bytes) else n for n in root.attrs["layer_names"]]
        root.attrs["layer_names"] = np.array([b"random_flip"] + [n.encode() for n in names])

    def with_flip(config):
        flip = {"class_name": "RandomFlip", "config": {"name": "random_flip", "trainable": True, "dtype": "float32",
                                                       "mode": "horizontal", "seed": None}}
        config["config"]["layers"].insert(1, flip)

    case("random_state_in_weights", changed(config_changed(content, with_flip), state_of_augmentation), expected)

    def renamed(config):
        for layer in config["config"]["layers"]:
            if layer["class_name"] == "Conv2D":
                layer["config"]["name"] = "conv2d_77"

    case("keras2_in_order", config_changed(content, renamed), expected)
    model = small(tf_keras)
    expected, content = computed(model), saved(model)

    def v1(config):
        for layer in config["config"]["layers"]:
            if layer["class_name"] == "BatchNormalization":
                layer["class_name"] = "BatchNormalizationV1"
        config["class_name"] = "Model"

    case("tensorflow1_names", config_changed(content, v1), expected)
