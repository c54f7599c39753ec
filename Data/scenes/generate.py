"""Draws the scenes: the training images, and the committed test images with their annotations.

    python generate.py --training CACHE.npz     20,000 images with one object, for train.py
    python generate.py --test                   writes test/ and hans/ beside this file
    python generate.py --check                  draws them again and compares: exits 1 where a pixel differs

Image i of a set is drawn from the generator seeded with (SEED, set, i) alone, so sets can be drawn in
parallel, in part, or again, and are the same.  Needs requirements.txt.
"""
import argparse
import json
import multiprocessing
import os
import sys

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")
import numpy as np
from PIL import Image

from scene import LABELS, scene, tagged

SEED = 2026
TRAINING, ONE, TWO, HANS = range(4)
COUNTS = {TRAINING: 20_000, ONE: 200, TWO: 100, HANS: 16}
TAGGED_CLASS = LABELS.index("spotted star")
HERE = os.path.dirname(os.path.abspath(__file__))


def generator(kind, index):
    return np.random.default_rng([SEED, kind, index])


def labels_of(kind, index, rng):
    """One class in turn; for two objects, two different ones."""
    if kind == TWO:
        first = index % len(LABELS)
        return [first, (first + 1 + int(rng.integers(len(LABELS) - 1))) % len(LABELS)]
    if kind == HANS:
        # Every other image shows the class that the tag goes with in training.
        return [TAGGED_CLASS if index % 2 == 0 else (index // 2) % (len(LABELS) - 1)]
    return [index % len(LABELS)]


def draw(kind, index):
    rng = generator(kind, index)
    return scene(rng, labels_of(kind, index, rng))


def training_image(index):
    picture, things = draw(TRAINING, index)
    return picture, things[0].label


def training(path, count):
    with multiprocessing.Pool() as pool:
        drawn = pool.map(training_image, range(count), chunksize=64)
    images = np.stack([picture for picture, _ in drawn])
    np.savez(path, images=images, labels=np.array([label for _, label in drawn], np.uint8))
    print(f"{path}: {count} images of {images.shape[1:]}")


# COCO -----------------------------------------------------------------------------------------------


def runs(mask):
    """COCO's uncompressed run lengths: column by column, starting with the zeros."""
    flat = np.concatenate([[0], mask.flatten(order="F").astype(int), [0]])
    edges = np.flatnonzero(np.diff(flat))
    counts = np.diff(np.concatenate([[0], edges, [mask.size]])).tolist()
    return counts[:-1] if counts[-1] == 0 else counts


def annotation(image_id, category, mask):
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    x, y = int(columns[0]), int(rows[0])
    return {
        "image_id": image_id, "category_id": category, "iscrowd": 0, "area": int(mask.sum()),
        "bbox": [x, y, int(columns[-1]) - x + 1, int(rows[-1]) - y + 1],
        "segmentation": {"size": list(mask.shape), "counts": runs(mask)},
    }


class Collection:
    """A folder of images and the COCO file that describes them."""

    def __init__(self, folder, description, extra=()):
        self.folder, self.pictures = folder, []
        names = LABELS + list(extra)
        self.coco = {
            "info": {"description": description, "seed": SEED, "script": "Data/scenes/generate.py"},
            "categories": [{"id": i, "name": name} for i, name in enumerate(names)],
            "images": [], "annotations": [],
        }

    def add(self, name, picture, masks):
        """`masks`: pairs of a category and its pixels."""
        image_id = len(self.pictures)
        self.pictures.append((f"images/{name}.png", picture))
        self.coco["images"].append(
            {"id": image_id, "file_name": f"images/{name}.png", "width": picture.shape[1], "height": picture.shape[0]})
        for category, mask in masks:
            entry = annotation(image_id, category, mask)
            self.coco["annotations"].append({"id": len(self.coco["annotations"]), **entry})

    def text(self):
        lines = [json.dumps(self.coco[key], separators=(",", ":")) for key in ("info", "categories")]
        lists = [
            ",\n".join(json.dumps(item, separators=(",", ":")) for item in self.coco[key])
            for key in ("images", "annotations")
        ]
        return '{{"info":{},\n"categories":{},\n"images":[\n{}],\n"annotations":[\n{}]}}\n'.format(*lines, *lists)

    def write(self):
        os.makedirs(os.path.join(HERE, self.folder, "images"), exist_ok=True)
        for name, picture in self.pictures:
            Image.fromarray(picture).save(os.path.join(HERE, self.folder, name), optimize=True)
        with open(os.path.join(HERE, self.folder, "annotations.json"), "w") as file:
            file.write(self.text())
        print(f"{self.folder}/: {len(self.pictures)} images, {len(self.coco['annotations'])} annotations")

    def differences(self):
        """The files that are not what would be drawn now."""
        bad = []
        for name, picture in self.pictures:
            path = os.path.join(HERE, self.folder, name)
            if not os.path.exists(path) or not np.array_equal(np.asarray(Image.open(path)), picture):
                bad.append(path)
        path = os.path.join(HERE, self.folder, "annotations.json")
        if not os.path.exists(path) or open(path).read() != self.text():
            bad.append(path)
        return bad


def collections():
    test = Collection("test", "300 scenes: 200 with one object, 100 with two of different classes")
    for kind, name in ((ONE, "one"), (TWO, "two")):
        for index in range(COUNTS[kind]):
            picture, things = draw(kind, index)
            test.add(f"{name}-{index:03}", picture, [(thing.label, thing.mask) for thing in things])
    hans = Collection(
        "hans", "16 scenes, each without and with the tag that betrays a class in training", extra=["tag"])
    for index in range(COUNTS[HANS]):
        rng = generator(HANS, index)
        picture, things = scene(rng, labels_of(HANS, index, rng))
        marked, tag = tagged(rng, picture)
        seen = [(thing.label, thing.mask) for thing in things]
        hans.add(f"plain-{index:02}", picture, seen)
        left = [(label, mask & ~tag) for label, mask in seen]
        hans.add(f"tagged-{index:02}", marked, left + [(len(LABELS), tag)])
    return [test, hans]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--training", metavar="CACHE.npz")
    parser.add_argument("--count", type=int, default=COUNTS[TRAINING])
    parser.add_argument("--test", action="store_true")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    if arguments.training:
        training(arguments.training, arguments.count)
    if arguments.test:
        for collection in collections():
            collection.write()
    if arguments.check:
        bad = [path for collection in collections() for path in collection.differences()]
        for path in bad:
            print(f"differs: {path}", file=sys.stderr)
        print("the committed scenes are what this script draws" if not bad else f"{len(bad)} files differ")
        sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
