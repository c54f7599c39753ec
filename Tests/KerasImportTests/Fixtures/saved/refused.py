"""Models that cannot be loaded from a file, and what should be said of them."""
import json

import keras
import tf_keras

from .common import case, changed, config_changed, saved, small


TRAINING = 'called with training=True'


def ended(k, layer, shape=(8, 8, 3), reshape=None):
    L = k.layers
    x = inputs = L.Input(shape)
    if reshape:
        x = L.Reshape(reshape)(x)
    return k.Model(inputs, layer(x))


def files():
    for k, which in ((keras, "keras3"), (tf_keras, "keras2")):
        L = k.layers
        layers = {
            "lambda": (ended(k, L.Lambda(lambda x: x * 2, name="odd", output_shape=(8, 8, 3)) if k is keras
                             else L.Lambda(lambda x: x * 2, name="odd")),
                       'layer "odd": Lambda is not supported: it holds Python code, which is never run'),
            "lstm": (ended(k, L.LSTM(3, name="odd"), reshape=(8, 24)), 'layer "odd": LSTM is not supported: layers for sequences'),
            "conv3d": (ended(k, L.Conv3D(3, 2, name="odd"), reshape=(4, 4, 4, 3)), 'layer "odd": Conv3D is not supported'),
            "time_distributed": (ended(k, L.TimeDistributed(L.Dense(2), name="odd")),
                                 'layer "odd": TimeDistributed is not supported'),
            "masking": (ended(k, L.Masking(name="odd"), reshape=(8, 24)), 'layer "odd": Masking is not supported'),
            "einsum_dense": (ended(k, L.EinsumDense("abcd,de->abce", (None, None, 2), name="odd")),
                             'layer "odd": EinsumDense is not supported'),
            "attention_mask": (ended(k, lambda x: L.MultiHeadAttention(2, 3, name="odd")(x, x, use_causal_mask=True),
                                     reshape=(8, 24)), 'layer "odd" (MultiHeadAttention): it is called with use_causal_mask=True'),
        }
        if k is tf_keras:  # Keras 3 itself overrides the argument at inference
            layers |= {
                "batch_norm_in_training": (ended(k, lambda x: L.BatchNormalization(name="odd")(x, training=True)), TRAINING),
                "dropout_in_training": (ended(k, lambda x: L.Dropout(0.5, name="odd")(x, training=True)), TRAINING),
                "model_in_training": (
                    ended(k, lambda x: k.Sequential([L.Input((8, 8, 3)), L.BatchNormalization(name="odd")],
                                                    name="inner")(x, training=True)),
                    'layer "inner/odd" (BatchNormalization): it is called with training=True'),
            }
        for name, (model, error) in layers.items():
            for file in ("model.h5", "model.keras"):
                try:
                    case(f"{which}_{name}_{file[6:]}", saved(model, file), error=error, file=file)
                except Exception as problem:
                    print(f"{which} {name} {file}: not saved: {str(problem)[:100]}")

        @k.utils.register_keras_serializable("lab") if k is tf_keras else keras.saving.register_keras_serializable("lab")
        class Squash(L.Layer):
            def call(self, x):
                return x / (1 + abs(x))

        @k.utils.register_keras_serializable() if k is tf_keras else keras.saving.register_keras_serializable()
        class ReLU(L.ReLU):
            """Called like one of Keras' own, and something else."""

            def call(self, x):
                return super().call(x) * 2

        class Unregistered(L.Layer):
            def call(self, x):
                return x * x

        class Subclassed(k.Model):
            def __init__(self):
                super().__init__()
                self.dense = L.Dense(3)

            def call(self, x):
                return self.dense(x)

            def get_config(self):
                return {}

        custom = {"package": (Squash(name="odd"), 'layer "odd": Squash is not supported: it belongs to the package lab'),
                  "same_name": (ReLU(name="odd"), 'layer "odd": ReLU is not supported: it '),
                  "unregistered": (Unregistered(name="odd"), 'layer "odd": Unregistered is not supported')}
        for name, (layer, error) in custom.items():
            for file in ("model.h5", "model.keras"):
                case(f"{which}_custom_{name}_{file[6:]}", saved(ended(k, layer), file), error=error, file=file)
        subclassed = Subclassed()
        subclassed(keras.ops.ones((1, 4)) if k is keras else __import__("tensorflow").ones((1, 4)))
        case(f"{which}_subclassed", saved(subclassed, "model.keras"), file="model.keras",
             error="a subclassed model is Python code")
    model = keras.Sequential([keras.layers.Input((8,)), keras.layers.Dense(4, name="odd"), keras.layers.Dense(3)])
    model.quantize("int8")
    case("keras3_int8", saved(model, "model.keras"), file="model.keras", error='layer "odd" (Dense): it is quantized (int8)')
    case("configuration_cut", changed(saved(small(tf_keras)), broken), error="cannot be read")
    gpus = small(tf_keras)

    def several(config):
        inner = {"class_name": "Functional", "name": "small", "config": config["config"],
                 "inbound_nodes": [[["lambda_1", 0, 0, {}]], [["lambda_2", 0, 0, {}]]]}
        part = lambda n: {"class_name": "Lambda", "name": n, "inbound_nodes": [[["image", 0, 0, {}]]], "config": {
            "name": n, "function": ["4wIAAAA=", None, None], "function_type": "lambda", "arguments": {"i": 0, "parts": 2}}}
        start = json.loads(json.dumps(config["config"]["layers"][0]))
        join = {"class_name": "Concatenate", "name": "scores", "config": {"name": "scores", "axis": 0},
                "inbound_nodes": [[["small", 1, 0, {}], ["small", 2, 0, {}]]]}
        return {"class_name": "Model", "config": {"name": "model_1", "layers": [start, part("lambda_1"), part("lambda_2"), inner, join],
                "input_layers": [["image", 0, 0]], "output_layers": [["scores", 0, 0]]}}

    case("multi_gpu", config_changed(saved(gpus), several), error="multi_gpu_model")


def broken(file):
    file.attrs["model_config"] = file.attrs["model_config"][:-30]
