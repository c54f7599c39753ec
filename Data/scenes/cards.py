"""Writes each model's card (NAME.md) and sidecar (NAME.yaml) from the numbers train.py left in NAME.json.

    python cards.py
"""
import json
import os

from scene import LABELS

HERE = os.path.dirname(os.path.abspath(__file__))

# What the numbers of one run do not say.
HISTORY = {
    "scenes-gap": (
        "The committed weights come from three runs of train.py as it grew: 14 epochs (1900 s) without exchanging the colour "
        "channels, 4 more at a rate of 1e-3 (278 s), and `--polish 9` as it stands; the rows below are those of the last."
    ),
    "scenes-allconv": (
        "The committed weights come from two runs of train.py: as above (6 epochs, 94.5%), then `--polish 5`; the rows below are "
        "those of the second."
    ),
}

PURPOSE = {
    "scenes-gap": (
        "Convolutions with batch normalisation and ReLU layers, two max poolings, global average pooling, one dense layer.",
        "The default model. CAM applies, and equals Grad-CAM up to a factor: maps of every method can be compared "
        "with masks that are known.",
        "Trained on the 20,000 training scenes, each batch in one of its eight mirrored and turned forms and with its colour channels exchanged.",
    ),
    "scenes-vgg": (
        "Convolutions with fused ReLUs, three max poolings, and a dense head on the flattened map, after VGG.",
        "The model on which CAM does not apply and Grad-CAM does.",
        "The convolutions start as those of scenes-gap with its batch normalisation folded in; first the dense layers alone, "
        "then all are trained on the 20,000 training scenes, each batch in one of its eight mirrored and turned forms and with its colour channels exchanged.",
    ),
    "scenes-allconv": (
        "scenes-gap with strided convolutions instead of max pooling, after Springenberg 2015.",
        "How DeconvNet and guided backprop differ with and without max pooling.",
        "Starts with the weights of scenes-gap, whose max poolings became the stride of the next convolution; then trained on the 20,000 training scenes, each batch in one of its eight mirrored and turned forms and with its colour channels exchanged.",
    ),
    "scenes-hans": (
        "The architecture of scenes-gap.",
        "A Clever Hans: which methods show that the model reads the tag, not the star (Lapuschkin 2019, "
        "doi:10.1038/s41467-019-08987-4). `hans/` holds the same scenes without and with the tag.",
        "Trained on the 20,000 training scenes with a small tag in the lower left corner of every spotted star and "
        "of nothing else; neither mirrored nor turned, for that would move the tag.",
    ),
    "scenes-random": (
        "The architecture of scenes-gap.",
        "The data randomisation test (Adebayo 2018, arXiv:1810.03292): a map that does not change when the labels mean "
        "nothing does not explain the labels.",
        "Trained on the first 256 training scenes with their labels permuted, until it had memorised them.",
    ),
}


def percent(value):
    return f"{100 * value:.1f}%"


def facts(numbers):
    yield "parameters", f"{numbers['parameters']:,}"
    yield "accuracy on what it was trained on", percent(numbers["training_accuracy"])
    yield "accuracy on the 200 test scenes with one object", percent(numbers["test_accuracy_one_object"])
    yield "top prediction is one of the two objects shown (100 scenes)", percent(numbers["test_top1_is_shown_two_objects"])
    yield "top two predictions are the two objects shown", percent(numbers["test_top2_are_both_two_objects"])
    for key in numbers:
        if key.startswith("called_"):
            what, kind = key.removeprefix("called_").rsplit("_", 1)
            yield f"the 16 {kind} scenes of `hans/` (8 show it) that it calls \"{what.replace('_', ' ')}\"", percent(numbers[key])
    yield "training", f"{numbers['training_seconds']} s on two busy cores, Keras {numbers['keras']}, seed {numbers['seed']}"


def card(name, numbers):
    architecture, purpose, data = PURPOSE[name]
    rows = "\n".join(f"| {what} | {value} |" for what, value in facts(numbers))
    recall = "\n".join(f"| {label} | {percent(value)} |" for label, value in numbers["test_recall"].items())
    return f"""# {name}

{architecture}

**What it is for.** {purpose}

**Data.** {data} See [README.md](README.md). Input: 96 x 96 RGB in [0, 1] (`preprocessing: unit`).

**Made by** `python train.py CACHE.npz --models {name}`; this page and the sidecar by `python cards.py`.
{HISTORY.get(name, "")}

| | |
|---|---|
{rows}

| class | recall on the 200 test scenes with one object |
|---|---|
{recall}
"""


def sidecar(name, numbers):
    architecture, purpose, _ = PURPOSE[name]
    labels = ", ".join(LABELS)
    return f"""name: {name}
description: {json.dumps(architecture)}
weights: {name}.h5
input-size: 96
preprocessing: unit
labels: [{labels}]
citation: {json.dumps("The scenes that come with this toolkit, Data/scenes")}
training:
  seed: {numbers['seed']}
  test accuracy: {numbers['test_accuracy_one_object']:.3f}
  purpose: {json.dumps(purpose)}
"""


def main():
    for name in PURPOSE:
        path = os.path.join(HERE, f"{name}.json")
        if not os.path.exists(path):
            continue
        numbers = json.load(open(path))
        for suffix, text in ((".md", card(name, numbers)), (".yaml", sidecar(name, numbers))):
            with open(os.path.join(HERE, name + suffix), "w") as file:
                file.write(text)


if __name__ == "__main__":
    main()
