"""Errors against TensorFlow in double precision on images with flat backgrounds.

    python flat_backgrounds.py SALIENCY [--models A.h5 B.h5] [--images FOLDER] [--count N] [--isa avx512 avx2 baseline]

Pastes photographs onto white, black, grey and checked canvases, as letterboxes too, computes references with TensorFlow in
float64, runs `SALIENCY verify` on them with each instruction set, and prints relative L2 errors over the images: the median,
the worst, and how many are above the bound of 1e-3 (networks of a million parameters and more, averages over several inputs) or
1e-4. The same is printed for TensorFlow's own float32: two values that differ by less than float32 resolves are no tie in float64,
and no float32 program can tell which is larger. The last line is `N passed, N failed`: a row fails if its median is above the bound
and above twice that of TensorFlow's float32, or if more images are above it than with TensorFlow's float32, a third of them (at least one) aside.

Without --models: a digits network, two blocks with random weights, and the bundled scenes-gap and scenes-vgg; without --images:
the bundled scenes. Networks of keras.applications by name (VGG16, InceptionV3) get seeded random weights.
Needs Data/scenes/requirements.txt.
"""
import argparse
import json
import os
import subprocess
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
import h5py
import keras
import numpy as np
import tensorflow as tf
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
SCENES = os.path.join(HERE, "..", "..", "Data", "scenes")
BACKGROUNDS = ["white", "black", "grey", "letterbox", "checks", "stripes", "none"]
METHODS = ["gradient", "guided-backprop", "smooth-grad", "integrated-gradients", "gradient-x-input"]
SAMPLES, NOISE, STEPS = 2, 0.15, 4
SEED = 7


def canvas(photo, background, size):
    """The photograph on a canvas of size x size, bytes."""
    small = photo.resize((size * 5 // 9, size * 4 // 9), Image.BILINEAR)
    y, x = np.mgrid[:size, :size]
    if background == "none":
        return np.asarray(photo.resize((size, size), Image.BILINEAR))
    if background == "letterbox":
        result = np.zeros((size, size, 3), "uint8")
        height = size // 2
        result[size // 4:size // 4 + height] = np.asarray(photo.resize((size, height), Image.BILINEAR))
        return result
    level = {
        "white": np.full((size, size), 255), "black": np.zeros((size, size)), "grey": np.full((size, size), 128),
        "checks": np.where((x // 8 + y // 8) % 2, 255, 204), "stripes": np.where(y // 3 % 2, 220, 180),
    }[background]
    result = np.repeat(level[..., None], 3, -1).astype("uint8")
    top, left = size // 3, size // 5
    result[top:top + small.height, left:left + small.width] = np.asarray(small)
    return result


def digits():
    keras.utils.set_random_seed(SEED)
    return keras.Sequential([
        keras.Input((28, 28, 1)), keras.layers.Conv2D(32, 3, activation="relu"), keras.layers.MaxPooling2D(),
        keras.layers.Conv2D(64, 3, activation="relu"), keras.layers.MaxPooling2D(), keras.layers.Flatten(),
        keras.layers.Dense(10, activation="softmax")])


def two_blocks():
    keras.utils.set_random_seed(SEED)
    blocks = [layer for filters in (32, 64) for layer in (
        keras.layers.Conv2D(filters, 3, padding="same", activation="relu"),
        keras.layers.Conv2D(filters, 3, padding="same", activation="relu"), keras.layers.MaxPooling2D())]
    return keras.Sequential(
        [keras.Input((64, 64, 3)), *blocks, keras.layers.GlobalMaxPooling2D(), keras.layers.Dense(5)])


def application(name):
    keras.utils.set_random_seed(SEED)
    model = getattr(keras.applications, name)(weights=None)
    generator = np.random.default_rng(SEED)
    for layer in model.layers:  # statistics as after training, so that no layer is at rest
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights([
                w + 0.1 * np.abs(generator.standard_normal(w.shape)).astype("float32") for w in layer.get_weights()])
    return model


def made(name, folder):
    """The path of a network's file."""
    builders = {"digits": digits, "two-blocks": two_blocks}
    if os.path.exists(name):
        return name
    if os.path.exists(os.path.join(SCENES, name + ".h5")):
        return os.path.join(SCENES, name + ".h5")
    path = os.path.join(folder, name + ".keras")
    (builders[name]() if name in builders else application(name)).save(path)
    return path


@tf.custom_gradient
def guided(x):
    return tf.nn.relu(x), lambda g: g * tf.cast((x > 0) & (g > 0), g.dtype)


def rebuilt(path, dtype, relu=None):
    """The network in float32 or float64, with a linear end and, where given, another ReLU."""
    saved = keras.models.load_model(path, compile=False)
    keras.config.set_floatx(dtype)
    keras.config.set_dtype_policy(dtype)

    def layer(old):
        config = old.get_config()
        if "dtype" in config:
            config["dtype"] = dtype
        if relu and isinstance(old, keras.layers.ReLU) and old.max_value is None:
            return keras.layers.Activation(relu, name=old.name)
        new = old.__class__.from_config(config)
        activation = getattr(getattr(old, "activation", None), "__name__", "")
        if activation == "softmax":
            new.activation = keras.activations.linear
        elif relu and activation == "relu":
            new.activation = relu
        return new

    copy = keras.models.clone_model(saved, clone_function=layer)
    copy.set_weights([w.astype(dtype) for w in saved.get_weights()])
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
    return copy


def gradient(model, x, target):
    x = tf.constant(x, model.inputs[0].dtype)
    with tf.GradientTape() as tape:
        tape.watch(x)
        score = model(x, training=False)[:, target]
    return tape.gradient(score, x).numpy()


def noise_of(x):
    noise = np.random.default_rng(0).standard_normal((SAMPLES, *x.shape[1:])).astype("float32")
    return noise, np.float32(NOISE * float(x.max() - x.min()))


def attributions(plain, guided_model, x, target):
    g = gradient(plain, x, target)
    noise, sigma = noise_of(x)
    noisy = [gradient(plain, x + (n * sigma)[None], target) for n in noise]
    points = [gradient(plain, x * np.float32((i + 0.5) / STEPS), target) for i in range(STEPS)]
    return dict(zip(METHODS, [
        g, gradient(guided_model, x, target), np.mean(noisy, 0), np.mean(points, 0) * x, g * x]))


def write(path, x, target, values):
    noise, sigma = noise_of(x)
    with h5py.File(path, "w") as file:
        file.attrs["target"] = target
        file["input"], file["smooth-grad-noise"] = x, noise
        for name, value in values.items():
            file[name] = value.astype("float32")
        file["smooth-grad"].attrs["sigma"] = sigma
        file["integrated-gradients"].attrs["steps"] = STEPS


def relative(found, wanted):
    return float(np.linalg.norm((found - wanted).ravel()) / np.linalg.norm(wanted.ravel()))


def errors(saliency, reference, model, isa):
    """Relative L2 errors by dataset, as `verify` prints them."""
    result = subprocess.run(
        [saliency, "verify", reference, "--model", model, "--json"], env=dict(os.environ, SALIENCY_ISA=isa),
        capture_output=True, text=True)
    try:
        return {check["dataset"]: check["relativeError"] for check in json.loads(result.stdout)["checks"]}
    except ValueError:
        raise SystemExit(f"{saliency} verify {reference} --model {model}: {result.stderr}")


def preprocessed(pixels, model, shape):
    x = pixels.astype("float32")
    if shape[-1] == 1:
        x = x.mean(-1, keepdims=True)
    if "squeezenet" in os.path.basename(model):
        return x[..., ::-1] - np.array([104, 117, 123], "float32")
    if "efficientnet_lite" in os.path.basename(model):
        return (x - 127) / 128
    return x / np.float32(255)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("saliency")
    p.add_argument("--models", nargs="+", default=["digits", "two-blocks", "scenes-gap", "scenes-vgg"])
    p.add_argument("--images", default=os.path.join(SCENES, "test", "images"))
    p.add_argument("--count", type=int, default=6)
    p.add_argument("--isa", nargs="+", default=["avx512", "avx2", "baseline"])
    p.add_argument("--backgrounds", nargs="+", default=BACKGROUNDS)
    a = p.parse_args()
    names = sorted(n for n in os.listdir(a.images) if n.lower().endswith((".png", ".jpg", ".jpeg")))
    names = names[:: max(1, len(names) // a.count)][: a.count]
    programs = ["TensorFlow float32", *a.isa]
    passed = failed = 0
    print("| network | background | method | images | " + " | ".join(f"{p}: median | worst | above" for p in programs) + " |")
    print("|---|---|---|--:|" + "--:|--:|--:|" * len(programs))
    with tempfile.TemporaryDirectory() as folder:
        reference = os.path.join(folder, "reference.h5")
        for name in a.models:
            model = made(name, folder)
            double = rebuilt(model, "float64"), rebuilt(model, "float64", guided)
            single = rebuilt(model, "float32"), rebuilt(model, "float32", guided)
            is_large, shape = double[0].count_params() >= 1_000_000, double[0].input_shape
            for background in a.backgrounds:
                found = {}
                for image in names:
                    photo = Image.open(os.path.join(a.images, image)).convert("RGB")
                    x = preprocessed(canvas(photo, background, shape[1]), model, shape)[None].astype("float32")
                    target = int(double[0](x.astype("float64")).numpy()[0].argmax())
                    wanted, rounded = attributions(*double, x, target), attributions(*single, x, target)
                    for method in METHODS:
                        found.setdefault((method, programs[0]), []).append(relative(rounded[method], wanted[method]))
                    write(reference, x, target, wanted)
                    for isa in a.isa:
                        for method, error in errors(a.saliency, reference, model, isa).items():
                            found.setdefault((method, isa), []).append(error)
                for method in METHODS:
                    bound = 1e-3 if is_large or method in ("smooth-grad", "integrated-gradients") else 1e-4
                    above = [sum(e > bound for e in found[method, p]) for p in programs]
                    text = " | ".join(
                        f"{np.median(found[method, p]):.1e} | {max(found[method, p]):.1e} | {n}" for p, n in zip(programs, above))
                    print(f"| {os.path.basename(name)} | {background} | {method} | {len(names)} | {text} |", flush=True)
                    most = max(bound, 2 * np.median(found[method, programs[0]]))
                    ok = all(np.median(found[method, isa]) <= most for isa in a.isa)
                    ok = ok and max(above[1:]) <= above[0] + max(1, len(names) // 3)
                    passed, failed = passed + ok, failed + (not ok)
    print(f"{passed} passed, {failed} failed")
    raise SystemExit(failed > 0)


main()
