"""One small model, what it computes, and ways to save it and to change what was saved."""
import io
import json
import os
import pathlib
import tempfile
import zipfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
import h5py
import numpy as np
import tensorflow as tf

rng = np.random.default_rng(11)
cases = {}


def small(k, **options):
    """Convolutions with and without a fused activation, batch normalisation, a branch, a head."""
    L = k.layers
    x = inputs = L.Input((8, 10, 3), name="image")
    x = L.Conv2D(4, 3, padding="same", activation="relu", name="first", **options)(x)
    x = L.BatchNormalization(name="norm", **options)(x)
    y = L.DepthwiseConv2D(3, padding="same", name="depth", **options)(x)
    x = L.Add(name="sum", **options)([x, L.ReLU(name="relu", **options)(y)])
    x = L.MaxPooling2D(name="pool", **options)(x)
    x = L.Flatten(name="flat", **options)(x)
    return randomised(k.Model(inputs, L.Dense(3, name="scores", **options)(x), name="small"))


def randomised(model):
    values = []
    for value, variable in zip(model.get_weights(), model.weights):
        name = getattr(variable, "path", variable.name)
        if "seed" in name or "StateVar" in name or "count" in name:
            new = value
        elif "variance" in name:
            new = rng.uniform(0.5, 2, value.shape)
        else:
            new = rng.normal(0, 0.5, value.shape) + (1 if "gamma" in name else 0)
        # Numbers that every type of float holds exactly.
        values.append(np.asarray(np.round(np.asarray(new, "float32") * 64) / 64, value.dtype))
    model.set_weights(values)
    return model


def computed(model, dtype="float32", output=None):
    """Input, output, seed and gradient of the first input; `output` picks one of several, the other input is `other`."""
    several = isinstance(model.input_shape, (list, dict))
    shapes = model.input_shape if several else [model.input_shape]
    feeds = [tf.constant(np.round(rng.normal(0, 1, [1] + [side or 12 for side in shape[1:]]) * 64) / 64, dtype)
             for shape in shapes]
    x = feeds[0]
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = model(feeds if several else x, training=False)
        y = y if output is None else y[output]
        seed = tf.constant(rng.normal(0, 1, y.shape), y.dtype)
        total = tf.reduce_sum(y * seed)
    values = dict(input=x, output=y, seed=seed, gradient=tape.gradient(total, x)) | ({"other": feeds[1]} if several else {})
    return {name: np.asarray(value, "float32") for name, value in values.items()}


def saved(model, name="model.h5", **options):
    """The bytes that Keras writes."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, name)
        if ".weights." in name:
            model.save_weights(path)
        else:
            model.save(path, **options)
        return pathlib.Path(path).read_bytes()


def changed(content, change):
    """An HDF5 file after `change(file)`."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.h5")
        pathlib.Path(path).write_bytes(content)
        with h5py.File(path, "r+") as file:
            change(file)
        return pathlib.Path(path).read_bytes()


def copied(content, each=None, **options):
    """An HDF5 file written anew, `each(group, name, array)` instead of plain datasets."""
    with tempfile.TemporaryDirectory() as folder:
        old, new = os.path.join(folder, "old.h5"), os.path.join(folder, "new.h5")
        pathlib.Path(old).write_bytes(content)
        with h5py.File(old) as source, h5py.File(new, "w", **options) as target:
            target.attrs.update(source.attrs)

            def visit(name, item):
                if isinstance(item, h5py.Group):
                    made = target.require_group(name)
                else:
                    group = target.require_group(os.path.dirname(name) or "/")
                    (each or (lambda g, n, a: g.create_dataset(n, data=a)))(group, os.path.basename(name), item[()])
                    made = group[os.path.basename(name)]
                for key, value in item.attrs.items():
                    made.attrs[key] = value

            source.visititems(visit)
        return pathlib.Path(new).read_bytes()


def config_changed(content, change):
    """A full model with another configuration."""

    def apply(file):
        text = file.attrs["model_config"]
        config = json.loads(text)
        file.attrs["model_config"] = json.dumps(change(config) or config)

    return changed(content, apply)


def case(name, content, expected=None, error=None, file="model.h5", architecture=None):
    assert name not in cases and (expected is None) != (error is None), name
    cases[name] = dict(file=file, content=content, architecture=architecture, expected=expected, error=error)


def zipped(files, method=zipfile.ZIP_STORED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as out:
        for name, content in files.items():
            out.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), content, method)
    return buffer.getvalue()


def rezipped(content, method, without=None, extra={}):
    old = zipfile.ZipFile(io.BytesIO(content))
    return zipped({n: old.read(n) for n in old.namelist() if n != without} | extra, method)
