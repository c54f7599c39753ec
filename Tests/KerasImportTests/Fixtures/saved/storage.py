"""What HDF5 can do and Keras does not, or not always."""
import io
import json

import h5py
import numpy as np
import tf_keras

from .common import case, changed, computed, config_changed, copied, randomised, saved, small


def storage():
    model = small(tf_keras)
    expected, full = computed(model), saved(model)

    def chunked(**options):
        return lambda g, n, a: g.create_dataset(n, data=a, **(options if a.ndim else {}))

    case("gzip", copied(full, chunked(compression="gzip", shuffle=True, fletcher32=True)), expected)
    case("chunked", copied(full, chunked(chunks=True)), expected)
    case("big_endian", copied(full, lambda g, n, a: g.create_dataset(n, data=a.astype(">f4"))), expected)
    case("user_block", copied(full, userblock_size=2048), expected)
    case("latest", copied(full, libver="latest", track_order=True), expected)

    def compact(group, name, array):
        creation = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        creation.set_layout(h5py.h5d.COMPACT)
        space = h5py.h5s.create_simple(array.shape) if array.shape else h5py.h5s.create(h5py.h5s.SCALAR)
        made = h5py.h5d.create(group.id, name.encode(), h5py.h5t.IEEE_F32LE, space, creation)
        made.write(h5py.h5s.ALL, h5py.h5s.ALL, np.ascontiguousarray(array, "float32"))

    case("compact", copied(full, compact), expected)

    def strings(kind):
        def change(file):
            for item in [file, file["model_weights"], *file["model_weights"].values()]:
                for key, value in list(item.attrs.items()):
                    if key in ("layer_names", "weight_names"):
                        names = [v.decode() if isinstance(v, bytes) else v for v in value]
                        del item.attrs[key]
                        if kind == "fixed" and names:
                            item.attrs[key] = np.array([n.encode() for n in names])
                        elif kind == "padded" and names:
                            width = max(map(len, names)) + 3
                            dtype = h5py.h5t.TypeID.copy(h5py.h5t.FORTRAN_S1)
                            dtype.set_size(width)
                            space = h5py.h5s.create_simple((len(names),))
                            made = h5py.h5a.create(item.id, key.encode(), dtype, space)
                            made.write(np.array([n.ljust(width).encode() for n in names], f"S{width}"), mtype=dtype)
                        elif names:
                            item.attrs.create(key, names, dtype=h5py.string_dtype())
                        else:
                            item.attrs[key] = np.array([], "float64")
            text = file.attrs["model_config"]
            file.attrs["model_config"] = np.bytes_(text) if kind == "fixed" else text
        return change

    for kind in ("fixed", "padded", "variable"):
        case(f"strings_{kind}", changed(full, strings(kind)), expected)

    def bare(file):
        del file.attrs["keras_version"], file.attrs["backend"]

    case("no_version", changed(full, bare), expected)

    def soft(file):
        weights = file["model_weights"]
        weights.move("first/first/kernel:0", "moved")
        weights["first/first/kernel:0"] = h5py.SoftLink("/model_weights/moved")

    case("soft_link", changed(full, soft), expected)

    def external(file):
        del file["model_weights/first/first/kernel:0"]
        file["model_weights/first/first/kernel:0"] = h5py.ExternalLink("/etc/other.h5", "/kernel")

    case("external_link", changed(full, external),
         error='layer "first": its weight "first/kernel:0" is named but cannot be read: a link to another file')

    def missing(file):
        del file["model_weights/first/first/kernel:0"]

    case("missing_dataset", changed(full, missing), error='its weight "first/kernel:0" is named but not there')

    def others(file):
        shape = file["model_weights/first/first/kernel:0"].shape
        del file["model_weights/first/first/kernel:0"]
        layout = h5py.VirtualLayout(shape=shape, dtype="f4")
        layout[...] = h5py.VirtualSource("/etc/other.h5", "kernel", shape=shape)
        file["model_weights/first/first"].create_virtual_dataset("kernel:0", layout)

    case("virtual_dataset", changed(full, others), error="other files")

    def outside(file):
        shape = file["model_weights/first/first/kernel:0"].shape
        del file["model_weights/first/first/kernel:0"]
        file["model_weights/first/first"].create_dataset(
            "kernel:0", shape, "f4", external=[("/etc/passwd", 0, h5py.h5f.UNLIMITED)])

    case("external_storage", changed(full, outside), error="other files")

    def text(file):
        del file["model_weights/first/first/kernel:0"]
        file["model_weights/first/first/kernel:0"] = np.full((3, 3, 3, 4), b"x")

    case("strings_as_weights", changed(full, text), error="kernel:0")


def long_names():
    """Attributes of more than 64 KiB, which Keras cuts in pieces."""
    L = tf_keras.layers
    x = inputs = L.Input((6, 6, 3), name="image")
    for i in range(70):
        x = L.Dropout(0.1, name=f"dropout_{i}_" + "x" * 1000)(x)
    model = randomised(tf_keras.Model(inputs, L.Dense(3)(L.Flatten()(x))))
    case("layer_names_in_pieces", saved(model, include_optimizer=False), computed(model))
    x = inputs = L.Input((6, 6, 3), name="image")
    for i in range(18):
        x = L.BatchNormalization(name=f"norm_{i}_" + "x" * 1000)(x)
    inner = tf_keras.Model(inputs, x, name="inner")
    outer = randomised(tf_keras.Sequential([L.Input((6, 6, 3)), inner, L.Flatten(), L.Dense(3)]))
    case("weight_names_in_pieces", saved(outer, include_optimizer=False), computed(outer))


def holes(side, layers=1, shape=None, **options):
    """A full model of dense layers whose kernels are declared and never written: all fill value, no bytes in the file."""
    def dense(i):
        config = {"name": f"dense{i}", "units": side, "use_bias": False, "batch_input_shape": [None, side]}
        return {"class_name": "Dense", "config": config}

    names = [f"dense{i}" for i in range(layers)]
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.attrs["model_config"] = json.dumps(
            {"class_name": "Sequential", "config": {"name": "m", "layers": [dense(i) for i in range(layers)]}})
        file.attrs["keras_version"] = "2.4.0"
        root = file.create_group("model_weights")
        root.attrs["layer_names"] = [n.encode() for n in names]
        for name in names:
            group = root.create_group(name)
            group.attrs["weight_names"] = [b"kernel:0"]
            group.create_dataset("kernel:0", shape=shape or (side, side), dtype="float32", **options)
    return buffer.getvalue()


def declared():
    """Sizes that a file only declares."""
    for name, side, text in (("40_gb", 100_000, "40 GB"), ("1_gb", 20_000, "1.6 GB")):
        error = f"declares {text} (shape [{side}, {side}]), and the file stores 0 bytes of it"
        case(f"declares_{name}_gzip", holes(side, chunks=(100, 100), compression="gzip"), error=error)
        case(f"declares_{name}_chunked", holes(side, chunks=(100, 100)), error=error)
    case("declares_40_gb_contiguous", holes(100_000), error="declares 40 GB")
    # For a test under a memory limit: eight kernels of 67 MB each, of fill values alone.
    case("fill_values_under_a_limit", holes(4096, layers=8, chunks=(4096, 64)), file="large.h5",
         error="it declares 67.1 MB, and there is not so much memory")
    content = holes(4, shape=(1, 1, 4, 4))

    def groups(config):
        config["config"]["layers"][0] = {"class_name": "Conv2D", "config": {
            "name": "dense0", "filters": 4, "kernel_size": 1, "groups": 4611686018427387904, "use_bias": False}}

    case("groups_beyond_integers", config_changed(content, groups), error='key "groups": found 4611686018427387904, expected')
