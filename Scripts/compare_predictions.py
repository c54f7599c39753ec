"""Compares the top classes of `saliency predict` with those of Keras, picture by picture.

    python Scripts/compare_predictions.py MODEL.h5 IMAGE... --preprocessing "caffe(104,117,123)"

First both are given the same pixels: the inputs that `saliency predict --dump-inputs` wrote. Then each reads and resizes
the pictures itself: saliency by its default (antialiased bilinear) or --resize, Keras by each of the ways its users know. Prints how
many top classes differ, and by how much probabilities do. Exits with 1 where a top class differs on the same pixels.

Needs: tensorflow, tf_keras (reads the files of all Keras versions up to 2), h5py, pillow.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # TensorFlow 2.20 with oneDNN crashes on some of the models
import h5py
import numpy as np
import tensorflow as tf
import tf_keras as keras


def preprocess(pixels, form):
    """What saliency's --preprocessing does, for the forms of keras.applications."""
    name, numbers = re.fullmatch(r"(\w+)(?:\(([^)]*)\))?", form).groups()
    numbers = [float(n) for n in numbers.split(",")] if numbers else []
    if name == "caffe":
        return pixels[..., ::-1] - np.array(numbers or [103.939, 116.779, 123.68], "float32")
    if name == "torch":
        means, deviations = (numbers or [0.485, 0.456, 0.406, 0.229, 0.224, 0.225])[:3], numbers[3:] or [0.229, 0.224, 0.225]
        return (pixels / 255 - np.array(means, "float32")) / np.array(deviations, "float32")
    if name in ("none", "unit", "tf", "scale"):
        divisor, offset = {"none": (1, 0), "unit": (255, 0), "tf": (127.5, 1)}.get(name) or (numbers + [0])[:2]
        return (pixels / divisor - offset).astype("float32")
    sys.exit(f"preprocessing {form}: wanted none, unit, tf, caffe, torch or scale")


def with_pillow(interpolation):
    def read(path, height, width):
        image = keras.utils.load_img(path, target_size=(height, width), interpolation=interpolation)
        return keras.utils.img_to_array(image)

    return read


def with_tensorflow(antialias):
    def read(path, height, width):
        image = tf.io.decode_image(tf.io.read_file(path), channels=3, expand_animations=False)
        return tf.image.resize(tf.cast(image, tf.float32), (height, width), antialias=antialias).numpy()

    return read


KERAS_WAYS = {
    'load_img(target_size=...), nearest, the default': with_pillow("nearest"),
    'load_img(target_size=..., interpolation="bilinear")': with_pillow("bilinear"),
    "tf.image.resize": with_tensorflow(False),
    "tf.image.resize(antialias=True)": with_tensorflow(True),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("images", nargs="+")
    parser.add_argument("--preprocessing", required=True)
    parser.add_argument("--resize", default="antialiased", help="how saliency resizes: antialiased, bilinear, nearest, pillow-bilinear")
    parser.add_argument("--decode", default="viewer", help="how saliency reads pictures: viewer, keras")
    parser.add_argument("--saliency", default=".build/release/saliency", help="the program (default: the release build here)")
    a = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        dump = os.path.join(folder, "inputs.h5")
        command = [a.saliency, "predict", *a.images, "--model", a.model, "--preprocessing", a.preprocessing,
                   "--resize", a.resize, "--decode", a.decode, "--json", "--top", "1000000", "--dump-inputs", dump]
        answers = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        with h5py.File(dump) as file:
            inputs = {file[name].attrs["image"]: file[name][:] for name in file}

    model = keras.models.load_model(a.model, compile=False)
    paths = [answer["image"] for answer in answers]
    ours = np.zeros((len(paths), model.output_shape[-1]), "float32")
    for row, answer in zip(ours, answers):
        for entry in answer["top"]:
            row[entry["index"]] = entry.get("probability", entry["score"])

    def against(title, batch):
        theirs = np.concatenate([model.predict(x, verbose=0) for x in batch])
        different = [i for i in range(len(paths)) if theirs[i].argmax() != ours[i].argmax()]
        print(f"{title}: {len(different)} of {len(paths)} top classes differ, "
              f"largest difference of a probability {np.abs(theirs - ours).max():.1e}")
        for i in different:
            print(f"    {os.path.basename(paths[i])}: {ours[i].argmax()} ({ours[i].max():.3f}), "
                  f"Keras {theirs[i].argmax()} ({theirs[i].max():.3f})")
        return len(different)

    missed = against("same pixels", [inputs[path] for path in paths])
    height, width = next(iter(inputs.values())).shape[1:3]
    for title, read in KERAS_WAYS.items():
        against(f"Keras with {title}", [preprocess(read(path, height, width), a.preprocessing)[None] for path in paths])
    sys.exit(1 if missed else 0)


main()
