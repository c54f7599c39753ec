"""Files as Keras 1 wrote them, with TensorFlow or Theano, in both orders of axes; made by hand after its sources."""
import json
import tempfile

import h5py
import numpy as np
import tf_keras

from .common import case, computed, rng

L = tf_keras.layers


def number(*shape, scale=0.5):
    return (np.round(rng.normal(0, scale, shape) * 64) / 64).astype("float32")


def written(config, weights, version="1.2.2", theano=False, backend=None, attributes="model_weights"):
    """A full model; `weights` is a list of (layer, [(suffix, array)])."""
    with tempfile.NamedTemporaryFile(suffix=".h5") as temporary:
        with h5py.File(temporary.name, "w") as file:
            if version:
                file.attrs["keras_version"] = version.encode()
            if backend:
                file.attrs["backend"] = backend.encode()
            file.attrs["model_config"] = json.dumps(config).encode()
            root = file.create_group("model_weights")
            root.attrs["layer_names"] = np.array([name.encode() for name, _ in weights])
            for name, own in weights:
                group = root.create_group(name)
                names = [f"{name}_{suffix}" + ("" if theano else ":0") for suffix, _ in own]
                group.attrs["weight_names"] = np.array([n.encode() for n in names]) if names else np.array([])
                for full, (_, array) in zip(names, own):
                    group.create_dataset(full, data=array)
        return open(temporary.name, "rb").read()


def kernel_as(kernel, ordering, theano):
    """A (h, w, in, out) kernel as Keras 1 keeps it."""
    turned = kernel[::-1, ::-1] if theano else kernel
    return np.ascontiguousarray(turned.transpose(3, 2, 0, 1) if ordering == "th" else turned)


def layer(kind, name, **config):
    return {"class_name": kind, "config": {"name": name, "trainable": True, **config}}


def conv(name, filters, rows, columns, ordering, mode="valid", kind="Convolution2D", **more):
    return layer(kind, name, nb_filter=filters, nb_row=rows, nb_col=columns, border_mode=mode, subsample=[1, 1],
                 dim_ordering=ordering, init="glorot_uniform", activation="linear", bias=True, W_regularizer=None,
                 **more) if "activation" not in more and "bias" not in more else layer(
        kind, name, **({"nb_filter": filters, "nb_row": rows, "nb_col": columns, "border_mode": mode,
                        "subsample": [1, 1], "dim_ordering": ordering, "activation": "linear", "bias": True} | more))


def sequential(ordering, theano):
    k1, b1, k2 = number(3, 3, 3, 4), number(4), number(2, 3, 4, 2)
    gamma, beta, mean, variance = number(4) + 1, number(4), number(4), np.abs(number(4)) + 1
    alphas = number(8, 8, 2)  # (h, w, c)
    d1, e1, d2, e2 = number(32, 5), number(5), number(5, 3), number(3)
    x = inputs = L.Input((8, 10, 3))
    x = L.ZeroPadding2D(1)(x)
    conv1 = L.Conv2D(4, 3, activation="relu"); x = conv1(x)
    norm = L.BatchNormalization(epsilon=1e-5); x = norm(x)
    conv2 = L.Conv2D(2, (2, 3), use_bias=False, padding="valid"); x = conv2(L.ZeroPadding2D(((1, 0), (0, 0)))(x))
    prelu = L.PReLU(); x = prelu(x)
    x = L.MaxPooling2D()(x)
    if ordering == "th":
        x = L.Permute((3, 1, 2))(x)
    dense1, dense2 = L.Dense(5, activation="relu"), L.Dense(3)
    model = tf_keras.Model(inputs, dense2(dense1(L.Flatten()(x))))
    conv1.set_weights([k1, b1]); conv2.set_weights([k2]); norm.set_weights([gamma, beta, mean, variance])
    prelu.set_weights([alphas]); dense1.set_weights([d1, e1]); dense2.set_weights([d2, e2])
    axis, th = (1 if ordering == "th" else -1), ordering == "th"
    config = {"class_name": "Sequential", "config": [
        layer("ZeroPadding2D", "zeropadding2d_1", padding=[1, 1], dim_ordering=ordering,
              batch_input_shape=[None, 3, 8, 10] if th else [None, 8, 10, 3], input_dtype="float32"),
        conv("convolution2d_1", 4, 3, 3, ordering, activation="relu"),
        layer("BatchNormalization", "batchnormalization_1", epsilon=1e-5, mode=0, axis=axis, momentum=0.99),
        layer("ZeroPadding2D", "zeropadding2d_2", padding={"top_pad": 1, "bottom_pad": 0, "left_pad": 0, "right_pad": 0},
              dim_ordering=ordering),
        conv("convolution2d_2", 2, 2, 3, ordering, bias=False),
        layer("PReLU", "prelu_1", init="zero"),
        layer("MaxPooling2D", "maxpooling2d_1", pool_size=[2, 2], strides=[2, 2], border_mode="valid",
              dim_ordering=ordering),
        layer("Dropout", "dropout_1", p=0.5), layer("Flatten", "flatten_1"),
        layer("Dense", "dense_1", output_dim=5, init="glorot_uniform", activation="relu", bias=True, input_dim=32),
        layer("Dense", "dense_2", output_dim=3, activation="linear", bias=True)]}
    weights = [
        ("zeropadding2d_1", []), ("convolution2d_1", [("W", kernel_as(k1, ordering, theano)), ("b", b1)]),
        ("batchnormalization_1", [("gamma", gamma), ("beta", beta), ("running_mean", mean), ("running_std", variance)]),
        ("zeropadding2d_2", []), ("convolution2d_2", [("W", kernel_as(k2, ordering, theano))]),
        ("prelu_1", [("alphas", np.ascontiguousarray(alphas.transpose(2, 0, 1)) if th else alphas)]),
        ("maxpooling2d_1", []), ("dropout_1", []), ("flatten_1", []), ("dense_1", [("W", d1), ("b", e1)]),
        ("dense_2", [("W", d2), ("b", e2)])]
    return config, weights, computed(model)


def functional(ordering):
    """Branches with Keras 1's Merge, dilation, and layers under their old names."""
    k1, k2, k3, b = number(3, 3, 3, 4), number(3, 3, 3, 4), number(1, 1, 8, 4), [number(4) for _ in range(3)]
    d, e = number(4, 3), number(3)
    x = inputs = L.Input((9, 9, 3))
    one, two = L.Conv2D(4, 3, padding="same"), L.Conv2D(4, 3, dilation_rate=2, padding="same")
    three, dense = L.Conv2D(4, 1), L.Dense(3)
    p, q = L.LeakyReLU(0.1)(one(x)), L.ELU(0.5)(two(x))
    y = three(L.Concatenate()([p, q]))
    y = L.Add()([y, p])
    y = L.UpSampling2D(2)(L.AveragePooling2D(3)(y))
    y = L.GlobalAveragePooling2D()(y)
    model = tf_keras.Model(inputs, dense(y))
    for made, values in zip((one, two, three, dense), ((k1, b[0]), (k2, b[1]), (k3, b[2]), (d, e))):
        made.set_weights(values)
    th = ordering == "th"

    def node(entry, *reads):
        return {**entry, "name": entry["config"]["name"], "inbound_nodes": [[[r, 0, 0] for r in reads]] if reads else []}

    def merge(name, mode, **more):
        return layer("Merge", name, mode=mode, mode_type="raw", dot_axes=-1, output_shape=None, output_mask=None,
                     arguments={}, **more)

    config = {"class_name": "Model", "config": {"name": "model_1", "layers": [
        node(layer("InputLayer", "input_1", batch_input_shape=[None, 3, 9, 9] if th else [None, 9, 9, 3],
                   input_dtype="float32", sparse=False)),
        node(conv("convolution2d_1", 4, 3, 3, ordering, "same"), "input_1"),
        node(conv("atrousconvolution2d_1", 4, 3, 3, ordering, "same", "AtrousConvolution2D", atrous_rate=[2, 2]), "input_1"),
        node(layer("LeakyReLU", "leakyrelu_1", alpha=0.1), "convolution2d_1"),
        node(layer("ELU", "elu_1", alpha=0.5), "atrousconvolution2d_1"),
        node(merge("merge_1", "concat", concat_axis=1 if th else 3), "leakyrelu_1", "elu_1"),
        node(conv("convolution2d_2", 4, 1, 1, ordering), "merge_1"),
        node(merge("merge_2", "sum", concat_axis=-1), "convolution2d_2", "leakyrelu_1"),
        node(layer("AveragePooling2D", "averagepooling2d_1", pool_size=[3, 3], strides=None, border_mode="valid",
                   dim_ordering=ordering), "merge_2"),
        node(layer("UpSampling2D", "upsampling2d_1", size=[2, 2], dim_ordering=ordering), "averagepooling2d_1"),
        node(layer("SpatialDropout2D", "spatialdropout2d_1", p=0.5, dim_ordering=ordering), "upsampling2d_1"),
        node(layer("GlobalAveragePooling2D", "globalaveragepooling2d_1", dim_ordering=ordering), "spatialdropout2d_1"),
        node(layer("Dense", "dense_1", output_dim=3, activation="linear", bias=True), "globalaveragepooling2d_1"),
    ], "input_layers": [["input_1", 0, 0]], "output_layers": [["dense_1", 0, 0]]}}
    weights = [("input_1", []), ("convolution2d_1", [("W", kernel_as(k1, ordering, False)), ("b", b[0])]),
               ("atrousconvolution2d_1", [("W", kernel_as(k2, ordering, False)), ("b", b[1])]),
               ("convolution2d_2", [("W", kernel_as(k3, ordering, False)), ("b", b[2])]),
               ("dense_1", [("W", d), ("b", e)])]
    return config, weights, computed(model)


def files():
    for ordering in ("th", "tf"):
        for theano in (True, False):
            config, weights, expected = sequential(ordering, theano)
            name = f"keras1_{ordering}_{'theano' if theano else 'tensorflow'}"
            case(name, written(config, weights, theano=theano), expected)
            if ordering == "th":
                case(name + "_noversion", written(config, weights, version=None, theano=theano), expected)
        config, weights, expected = functional(ordering)
        case(f"keras1_functional_{ordering}", written(config, weights), expected)
    for kind, more in (("MaxoutDense", {"output_dim": 3, "nb_feature": 4}), ("Highway", {})):
        config = {"class_name": "Sequential", "config": [
            layer("Flatten", "flatten_1", batch_input_shape=[None, 4, 4, 3]), layer(kind, "late_1", **more)]}
        case("keras1_" + kind.lower(), written(config, [("flatten_1", []), ("late_1", [("W", number(48, 3))])]),
             error=f'layer "late_1": {kind} is not supported')
    branch = {"class_name": "Sequential", "config": [layer("Flatten", "flatten_1", batch_input_shape=[None, 4, 4, 3])]}
    merged = {"class_name": "Sequential", "config": [
        {"class_name": "Merge", "config": {"name": "merge_1", "mode": "concat", "concat_axis": -1, "layers": [branch, branch]}},
        layer("Dense", "dense_1", output_dim=3)]}
    case("keras1_sequential_of_branches", written(merged, [("dense_1", [("W", number(96, 3)), ("b", number(3))])]),
         error='layer "merge_1" (Merge): ')
    case("keras0_weights", keras0(), architecture=json.dumps({"class_name": "Sequential", "config": []}),
         error="weights of Keras 0")


def keras0():
    """`save_weights` of Keras 0.3, such as the first VGG16 that went round."""
    with tempfile.NamedTemporaryFile(suffix=".h5") as temporary:
        with h5py.File(temporary.name, "w") as file:
            file.attrs["nb_layers"] = 2
            for i in range(2):
                group = file.create_group(f"layer_{i}")
                group.attrs["nb_params"] = 2 * i
                for j in range(2 * i):
                    group[f"param_{j}"] = number(3)
        return open(temporary.name, "rb").read()
