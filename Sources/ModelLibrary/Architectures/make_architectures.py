"""The architectures of keras.applications as data: what `to_json()` prints, and where Keras keeps their weights.

    pip download --no-deps torchvision==0.20.1
    KERAS_BACKEND=tensorflow python make_architectures.py torchvision-0.20.1-*.whl

Needs Keras 3.15. Writes architectures.zip beside itself: NAME.json for each model; index.json with the address and
checksum that Keras itself would fetch (its download is intercepted; nothing is downloaded), the size of the input, the
number of parameters and the preprocessing; imagenet_labels.txt, the names of ImageNet's 1000 classes in their order,
which are torchvision's (BSD-3-Clause; see NOTICE), because Keras has none in its package. SqueezeNet 1.1, which Keras
does not have either, is written without an index entry: there are no official weights to fetch.
"""
import ast
import json
import os
import pathlib
import sys
import zipfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
import keras
from keras.src.utils import file_utils

HERE = pathlib.Path(__file__).parent
PREPROCESSING = {  # as keras.applications.<module>.preprocess_input; "none" where the model does it itself
    "vgg16": "caffe", "vgg19": "caffe", "resnet": "caffe", "resnet_v2": "tf", "mobilenet": "tf", "mobilenet_v2": "tf",
    "mobilenet_v3": "none", "inception_v3": "tf", "inception_resnet_v2": "tf", "xception": "tf", "densenet": "torch",
    "nasnet": "tf", "efficientnet": "none", "efficientnet_v2": "none", "convnext": "none",
}


def squeezenet():
    """SqueezeNet 1.1 (F. Iandola et al., arXiv:1602.07360), padded as the Keras conversions of its Caffe weights are."""
    L = keras.layers

    def convolution(x, name, rectifier, filters, size, **options):
        x = L.Conv2D(filters, size, name=name, **options)(x)
        return L.Activation("relu", name=rectifier)(x)

    def fire(x, number, squeezed, expanded):
        name = f"fire{number}_"
        x = convolution(x, name + "squeeze1x1", name + "relu_squeeze1x1", squeezed, 1)
        one = convolution(x, name + "expand1x1", name + "relu_expand1x1", expanded, 1)
        three = convolution(x, name + "expand3x3", name + "relu_expand3x3", expanded, 3, padding="same")
        return L.Concatenate(name=name + "concat")([one, three])

    image = L.Input((227, 227, 3), name="data")
    x = convolution(image, "conv1", "relu_conv1", 64, 3, strides=2)
    x = L.MaxPooling2D(3, 2, name="pool1")(x)
    x = fire(fire(x, 2, 16, 64), 3, 16, 64)
    x = L.MaxPooling2D(3, 2, padding="same", name="pool3")(x)
    x = fire(fire(x, 4, 32, 128), 5, 32, 128)
    x = L.MaxPooling2D(3, 2, padding="same", name="pool5")(x)
    x = fire(fire(fire(fire(x, 6, 48, 192), 7, 48, 192), 8, 64, 256), 9, 64, 256)
    x = convolution(L.Dropout(0.5, name="drop9")(x), "conv10", "relu_conv10", 1000, 1)
    x = L.GlobalAveragePooling2D(name="pool10")(x)
    return keras.Model(image, L.Activation("softmax", name="prob")(x), name="squeezenet")


def main():
    fetched = {}

    def intercept(fname=None, origin=None, file_hash=None, **_):
        fetched.update(file=fname, address=origin, checksum=file_hash)
        return "intercepted"

    file_utils.get_file = intercept
    keras.Model.load_weights = lambda self, *a, **k: None
    index = []
    partial = HERE / "architectures.zip.partial"
    with zipfile.ZipFile(partial, "w") as out:
        for name in sorted(dir(keras.applications)):
            build = getattr(keras.applications, name)
            if not callable(build) or not name[0].isupper():
                continue
            keras.backend.clear_session()
            fetched.clear()
            model = build(weights="imagenet")
            module = build.__module__.split(".")[-1]
            height, width = model.input_shape[1:3]
            index.append(dict(
                name=name, file=fetched["file"], address=fetched["address"], checksum=fetched["checksum"],
                parameters=model.count_params(), input=[height or 224, width or 224],
                preprocessing=PREPROCESSING[module]))
            write(out, name + ".json", model.to_json())
            print(name, fetched, flush=True)
        keras.backend.clear_session()
        write(out, "SqueezeNet.json", squeezenet().to_json())
        write(out, "imagenet_labels.txt", "".join(label + "\n" for label in imagenet_labels(sys.argv[1])))
        write(out, "index.json", json.dumps(index, indent=1))
    partial.rename(HERE / "architectures.zip")


def imagenet_labels(wheel):
    """Torchvision's list, read as a literal from its wheel, so that PyTorch need not be installed."""
    source = zipfile.ZipFile(wheel).read("torchvision/models/_meta.py").decode()
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.Assign) and statement.targets[0].id == "_IMAGENET_CATEGORIES":
            labels = ast.literal_eval(statement.value)
            assert len(labels) == len(set(labels)) == 1000
            return labels
    raise SystemExit(f"{wheel}: no list of ImageNet's categories")


def write(archive, name, text):
    entry = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, text, compresslevel=9)


if __name__ == "__main__":
    main()
