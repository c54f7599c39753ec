"""How layers are put together: nesting, sharing, several inputs and outputs, sizes left open, operators."""
import keras
import numpy as np
import tf_keras

from .common import case, computed, randomised, saved, small


def base(k, shape=(12, 12, 3), name="base"):
    L = k.layers
    x = inputs = L.Input(shape)
    x = L.Conv2D(4, 3, name="conv")(x)
    x = L.BatchNormalization(name="bn")(x)
    x = L.ReLU(name="relu")(x)
    y = L.Conv2D(4, 3, name="conv_b", activation="relu", padding="same")(x)
    return k.Model(inputs, L.Add(name="sum")([x, y]), name=name)


def models(k):
    """(name, model, which output, whether its inputs have a size)"""
    L, S = k.layers, k.Sequential
    yield "sequential_of_model", S([base(k), L.GlobalAveragePooling2D(), L.Dense(3)]), None
    augment = S([L.RandomFlip("horizontal"), L.RandomRotation(0.1), L.RandomZoom(0.1), L.RandomContrast(0.1)], name="augment")
    inputs = L.Input((12, 12, 3))
    x = base(k)(L.Rescaling(1 / 127.5, offset=-1)(augment(inputs)), training=False)
    yield "transfer", k.Model(inputs, L.Dense(3)(L.Dropout(0.2)(L.GlobalAveragePooling2D()(x)))), None
    inner = base(k)
    x = L.Dense(3, name="on_top")(L.GlobalMaxPooling2D()(inner.output))
    yield "on_top_of_a_model", k.Model(inner.input, x), None
    inner = base(k)
    yield "cut_model", k.Model(inner.inputs, L.Flatten()(inner.get_layer("relu").output)), None
    inputs = L.Input((12, 12, 3))
    inner = base(k)
    two = k.Model(inner.input, [inner.get_layer("relu").output, inner.output], name="two_outputs")
    a, b = two(inputs)
    x = L.Concatenate()([L.GlobalAveragePooling2D()(a), L.GlobalMaxPooling2D()(b)])
    yield "nested_with_two_outputs", k.Model(inputs, L.Dense(3)(x)), None
    tower, inputs = base(k, name="tower"), L.Input((12, 12, 3))
    one, other = tower(inputs), tower(L.Activation("tanh")(inputs))
    yield "siamese", k.Model(inputs, L.Dense(3)(L.Flatten()(L.Subtract()([one, other])))), None
    shared = L.Conv2D(3, 3, padding="same", activation="relu", name="shared")
    inside = S([L.Input((12, 12, 3)), shared, L.MaxPooling2D(2, strides=1, padding="same")], name="inside")
    inputs = L.Input((12, 12, 3))
    yield "shared_through_a_model", k.Model(inputs, L.Dense(3)(L.Flatten()(inside(shared(inputs))))), None
    deep = S([L.Input((12, 12, 3)), S([S([base(k, name="core")], name="c"), L.ReLU()], name="b"), L.Flatten(), L.Dense(3)], name="a")
    yield "four_deep", deep, None
    inputs = L.Input((None, None, 3))
    x = L.Conv2D(4, 3, padding="same", activation="relu")(inputs)
    yield "size_left_open", k.Model(inputs, L.Dense(3)(L.GlobalAveragePooling2D(keepdims=True)(x))), None
    inputs = L.Input((12, 12, 3), batch_size=1)
    yield "fixed_batch", k.Model(inputs, L.Dense(3)(L.Flatten()(L.Conv2D(2, 3)(inputs)))), None
    inputs = L.Input((12, 12, 3))
    x = L.Conv2D(4, 3, activation=k.layers.LeakyReLU())(inputs)
    x = L.Conv2D(4, 3, activation=k.activations.tanh)(x)
    x = L.Conv2D(4, 3, activation=k.layers.ReLU(6.0))(x)
    yield "activation_objects", k.Model(inputs, L.Dense(3)(L.Flatten()(x))), None
    inputs = L.Input((12, 12, 3))
    x = L.Conv2D(4, 3)(inputs / 127.5 - 1.0)
    x = x * L.Conv2D(4, 1, activation="sigmoid")(x) + x - 0.5
    x = 1.0 - 2.0 * x
    yield "operators", k.Model(inputs, L.Dense(3)(L.GlobalAveragePooling2D()(x))), None
    x = inputs = L.Input((12, 12, 3))
    x = L.GaussianDropout(0.2)(L.Conv2D(4, 1, strides=2, padding="same")(L.Conv2D(4, 5)(L.Conv2D(4, 7, padding="same")(x))))
    x = L.ActivityRegularization()(L.AlphaDropout(0.2)(x))
    yield "sizes_of_kernels", k.Model(inputs, L.Dense(3)(L.Flatten()(x))), None
    one, other = L.Input((12, 12, 3), name="one"), L.Input((6, 6, 2), name="other")
    x = L.Concatenate()([L.Conv2D(3, 3, strides=2, padding="same")(one), other])
    first = L.Dense(4, activation="softmax", name="first")(L.GlobalAveragePooling2D()(x))
    yield "several_inputs_and_outputs", k.Model([one, other], [first, L.Dense(3, name="second")(L.Flatten()(x))]), 1
    x = inputs = L.Input((12, 12, 3))
    x = L.Resizing(8, 10, crop_to_aspect_ratio=True)(x)
    yield "resizing_cropped", k.Model(inputs, L.Dense(3)(L.Flatten()(x))), None
    x = inputs = L.Input((12, 12, 3))
    x = L.CenterCrop(7, 8)(x)
    yield "center_crop", k.Model(inputs, L.Dense(3)(L.Flatten()(x))), None
    inputs = L.Input((12, 12, 3))
    x = L.Conv2D(4, 3)(inputs)
    x = L.Reshape((100, 4))(x)
    x = L.LayerNormalization()(x)
    x = L.Dense(5, activation="gelu")(x)
    x = L.Permute((2, 1))(x)
    yield "on_vectors", k.Model(inputs, L.Dense(3)(L.Flatten()(x))), None
    if k is keras:
        inputs = L.Input((12, 12, 3))
        x = L.Conv2D(4, 3, name="Schicht_ä_层")(inputs)
        yield "names_beyond_ascii", k.Model(inputs, L.Dense(3, name="out put")(L.Flatten()(x))), None


def operations(k):
    """Functions between layers, which Keras saves as layers of their own."""
    L, O = k.layers, k.ops
    inputs = L.Input((12, 12, 3))
    x = O.relu(L.Conv2D(4, 3)(inputs))
    x = O.gelu(O.silu(L.Conv2D(4, 3)(x)))
    x = O.mean(x, axis=(1, 2))
    yield "ops_relu_mean", k.Model(inputs, L.Dense(3)(O.concatenate([x, O.sigmoid(x)], axis=-1))), None
    inputs = L.Input((12, 12, 3))
    x = O.average_pool(O.max_pool(inputs, 2), 2)
    x = O.reshape(x, (-1, 27))
    yield "ops_pool", k.Model(inputs, L.Dense(3)(O.tanh(x))), None


def tensorflow_operations(k):
    import tensorflow as tf
    L = k.layers
    inputs = L.Input((12, 12, 3))
    x = tf.nn.relu(L.Conv2D(4, 3)(inputs))
    x = tf.nn.gelu(tf.nn.silu(x), approximate=True)
    x = tf.reduce_mean(x, axis=[1, 2])
    yield "tf_relu_mean", k.Model(inputs, L.Dense(3)(tf.concat([x, tf.sigmoid(x)], axis=-1))), None
    inputs = L.Input((12, 12, 3))
    x = tf.math.divide(tf.cast(inputs, tf.float32), 255.0)
    x = tf.math.subtract(x, [0.1, 0.2, 0.3])
    yield "tf_arithmetic", k.Model(inputs, L.Dense(3)(L.Flatten()(tf.image.resize(x, (6, 6))))), None


def files():
    for k, which in ((keras, "keras3"), (tf_keras, "keras2")):
        made = list(models(k)) + list(operations(k) if k is keras else tensorflow_operations(k))
        for name, model, output in made:
            randomised(model)
            expected = computed(model, output=output)
            for file in ("model.h5", "model.keras"):
                try:
                    content = saved(model, file, **({"include_optimizer": False} if file.endswith("h5") else {}))
                except Exception as problem:
                    print(f"{which} {name} {file}: not saved: {str(problem)[:100]}")
                    continue
                case(f"{which}_{name}_{file[6:]}", content, expected, file=file)
