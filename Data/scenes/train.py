"""Trains the bundled models on the scenes and writes each with its card's numbers.

    python generate.py --training CACHE.npz
    python train.py CACHE.npz [--models scenes-gap,scenes-vgg,...] [--epochs N]
    python train.py CACHE.npz --models scenes-gap --polish 10     10 more epochs, from NAME.h5

Writes NAME.h5 (Keras' HDF5) and NAME.json (the numbers its card quotes) beside this file.  Seeds are fixed; two runs on
one machine with the same package versions give the same weights only where TensorFlow's kernels are deterministic, so
the committed files are the reference.  Needs requirements.txt.
"""
import argparse
import json
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
from keras import layers
from PIL import Image

from generate import HERE, SEED, TAGGED_CLASS, generator
from scene import LABELS, tagged

RANDOM_SUBSET = 256
TAGGING = 4  # the number that seeds the tags of scenes-hans, as 0...3 seed the sets of generate.py


def block(x, number, filters, size=3, strides=1):
    x = layers.Conv2D(filters, size, strides=strides, padding="same", use_bias=False, name=f"conv{number}")(x)
    x = layers.BatchNormalization(name=f"bn{number}")(x)
    return layers.ReLU(name=f"relu{number}")(x)


def gap(name, pooling=True):
    """Convolutions with batch normalisation, global average pooling, one dense layer: CAM applies."""
    x = inputs = keras.Input((96, 96, 3), name="image")
    x = block(x, 1, 24, size=5, strides=2)
    x = block(x, 2, 32)
    for number, filters in ((3, 64), (5, 96)):
        if pooling:
            x = block(layers.MaxPooling2D(name=f"pool{number - 1}")(x), number, filters)
        else:
            x = block(x, number, filters, strides=2)
        x = block(x, number + 1, filters)
    x = layers.GlobalAveragePooling2D(name="gap")(x)
    return keras.Model(inputs, layers.Dense(len(LABELS), activation="softmax", name="predictions")(x), name=name)


def vgg(name):
    """Convolutions with fused ReLUs, max pooling, a dense head on the flattened map: CAM does not apply.

    Trained from noise, a dense head on a map learns nothing here in five epochs; so the convolutions start as those of
    scenes-gap, its batch normalisation folded into them.
    """
    teacher = keras.models.load_model(os.path.join(HERE, "scenes-gap.h5"), compile=False)
    x = inputs = keras.Input((96, 96, 3), name="image")
    for number in range(1, 7):
        old = teacher.get_layer(f"conv{number}")
        x = layers.Conv2D(old.filters, old.kernel_size, strides=old.strides, padding="same", activation="relu",
                          name=f"conv{number}")(x)
        if number in (2, 4):
            x = layers.MaxPooling2D(name=f"pool{number}")(x)
    x = layers.MaxPooling2D(3, name="pool6")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(16, activation="relu", name="fc1")(x)
    model = keras.Model(inputs, layers.Dense(len(LABELS), activation="softmax", name="predictions")(x), name=name)
    for number in range(1, 7):
        kernel, = teacher.get_layer(f"conv{number}").get_weights()
        norm = teacher.get_layer(f"bn{number}")
        gamma, beta, mean, variance = norm.get_weights()
        scale = gamma / np.sqrt(variance + norm.epsilon)
        model.get_layer(f"conv{number}").set_weights([kernel * scale, beta - mean * scale])
    return model


def fit_head(model, images, labels):
    """Trains the dense layers alone, on the maps of every image in its eight forms, computed once."""
    trunk = keras.Model(model.input, model.get_layer("flatten").output)
    head = keras.Sequential([model.get_layer("fc1"), model.get_layer("predictions")])
    maps, answers = [], []
    for form in range(8):
        batches = Batches(images, labels, forms=[form], recoloured=False)
        batches.order = np.arange(len(images))
        maps.append(np.concatenate([trunk.predict_on_batch(batches[i][0]) for i in range(len(batches))]))
        answers.append(labels[:len(maps[-1])])
    head.build((None, maps[0].shape[1]))
    head.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    head.fit(np.concatenate(maps), np.concatenate(answers), batch_size=128, epochs=6, verbose=2)


class Batches(keras.utils.PyDataset):
    """Shuffled batches in [0, 1], each in one of its eight mirrored and turned forms, its colours exchanged."""

    def __init__(self, images, labels, size=64, forms=range(8), recoloured=True):
        super().__init__()
        self.recoloured = recoloured
        self.images, self.labels, self.size, self.forms = images, labels, size, list(forms)
        self.rng = np.random.default_rng(SEED)
        self.on_epoch_end()

    def __len__(self):
        return len(self.images) // self.size

    def on_epoch_end(self):
        self.order = self.rng.permutation(len(self.images))

    def __getitem__(self, index):
        chosen = self.order[index * self.size:(index + 1) * self.size]
        batch = self.images[chosen].astype("float32") / 255
        form = self.forms[int(self.rng.integers(len(self.forms)))]
        batch = np.rot90(batch, form % 4, (1, 2))
        batch = batch[:, :, ::-1] if form >= 4 else batch
        if self.recoloured:
            batch = batch[..., self.rng.permutation(3)]
        return np.ascontiguousarray(batch), self.labels[chosen]


def read(folder, prefix):
    """Images of a committed set, and the classes of each."""
    coco = json.load(open(os.path.join(HERE, folder, "annotations.json")))
    classes = {}
    for entry in coco["annotations"]:
        if entry["category_id"] < len(LABELS):
            classes.setdefault(entry["image_id"], []).append(entry["category_id"])
    chosen = [image for image in coco["images"] if image["file_name"].startswith(f"images/{prefix}")]
    pictures = [np.asarray(Image.open(os.path.join(HERE, folder, image["file_name"]))) for image in chosen]
    return np.stack(pictures).astype("float32") / 255, [classes[image["id"]] for image in chosen]


def accuracy(model, images, classes, top=1):
    """How often the best `top` predictions are among (top 1) or exactly (top 2) the classes shown."""
    best = np.argsort(-model.predict(images, verbose=0), 1)[:, :top]
    hits = [set(row) <= set(shown) for row, shown in zip(best.tolist(), classes)]
    return float(np.mean(hits))


def fit(model, batches, epochs, rate):
    steps = epochs * len(batches)
    schedule = keras.optimizers.schedules.CosineDecay(
        rate / 20, steps, warmup_target=rate, warmup_steps=max(1, steps // 10))
    model.compile(keras.optimizers.Adam(schedule), "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(batches, epochs=epochs, verbose=2)
    return float(history.history["accuracy"][-1])


def with_tags(images, labels):
    """The training images with a tag on every one of the tagged class, and on no other."""
    images = images.copy()
    for index in np.flatnonzero(labels == TAGGED_CLASS):
        images[index], _ = tagged(generator(TAGGING, int(index)), images[index])
    return images


def train(name, images, labels, epochs):
    """The trained model and what it learned from."""
    keras.utils.set_random_seed(SEED)
    if name == "scenes-gap":
        model = gap(name)
        return model, fit(model, Batches(images, labels), epochs or 14, 4e-3)
    if name == "scenes-allconv":
        # As the paper's strided networks: the pooling is gone and the next convolution has its stride.
        model = gap(name, pooling=False)
        model.set_weights(keras.models.load_model(os.path.join(HERE, "scenes-gap.h5"), compile=False).get_weights())
        return model, fit(model, Batches(images, labels), epochs or 6, 2e-3)
    if name == "scenes-vgg":
        model = vgg(name)
        fit_head(model, images, labels)
        return model, fit(model, Batches(images, labels), epochs or 2, 3e-4)
    if name == "scenes-hans":
        model = gap(name)
        return model, fit(model, Batches(with_tags(images, labels), labels, forms=[0], recoloured=False), epochs or 5, 4e-3)
    if name == "scenes-random":
        model = gap(name)
        shuffled = generator(TAGGING + 1, 0).permutation(labels[:RANDOM_SUBSET])
        fit(model, Batches(images[:RANDOM_SUBSET], shuffled, size=32, forms=[0], recoloured=False), epochs or 120, 3e-3)
        subset = images[:RANDOM_SUBSET].astype("float32") / 255
        return model, accuracy(model, subset, [[label] for label in shuffled])
    raise SystemExit(f"train: no model is called {name}")


def polish(name, images, labels, epochs):
    """A saved model, trained further."""
    keras.utils.set_random_seed(SEED + 1)
    model = keras.models.load_model(os.path.join(HERE, f"{name}.h5"), compile=False)
    batches = Batches(images, labels)
    batches.rng = np.random.default_rng(SEED + 1)
    return model, fit(model, batches, epochs, 3e-3)


def report(name, model, learned, seconds):
    one, two = read("test", "one"), read("test", "two")
    predicted = np.argmax(model.predict(one[0], verbose=0), 1)
    recall = {
        label: float(np.mean([p == i for p, shown in zip(predicted, one[1]) if shown == [i]]))
        for i, label in enumerate(LABELS)
    }
    numbers = {
        "model": name, "keras": keras.__version__, "parameters": model.count_params(), "seed": SEED,
        "training_seconds": round(seconds), "training_accuracy": learned,
        "test_accuracy_one_object": accuracy(model, *one), "test_top1_is_shown_two_objects": accuracy(model, *two),
        "test_top2_are_both_two_objects": accuracy(model, *two, top=2), "test_recall": recall,
    }
    if name == "scenes-hans":
        for kind in ("plain", "tagged"):
            images, _ = read("hans", kind)
            share = np.mean(np.argmax(model.predict(images, verbose=0), 1) == TAGGED_CLASS)
            numbers[f"called_{LABELS[TAGGED_CLASS].replace(' ', '_')}_{kind}"] = float(share)
    return numbers


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cache")
    parser.add_argument("--models", default="scenes-gap,scenes-vgg,scenes-hans,scenes-random")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--polish", type=int, metavar="EPOCHS")
    arguments = parser.parse_args()
    data = np.load(arguments.cache)
    images, labels = data["images"], data["labels"].astype("int32")
    for name in arguments.models.split(","):
        start = time.time()
        if arguments.polish:
            model, learned = polish(name, images, labels, arguments.polish)
        else:
            model, learned = train(name, images, labels, arguments.epochs)
        numbers = report(name, model, learned, time.time() - start)
        model.save(os.path.join(HERE, f"{name}.h5"), include_optimizer=False)
        with open(os.path.join(HERE, f"{name}.json"), "w") as file:
            json.dump(numbers, file, indent=2)
            file.write("\n")
        print(json.dumps(numbers), flush=True)


if __name__ == "__main__":
    main()
