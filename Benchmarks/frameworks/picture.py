"""What the two scripts that go from a photograph to a figure share."""
import argparse
import sys

import numpy as np
from PIL import Image

MEANS = np.array([103.939, 116.779, 123.68], np.float32)  # "caffe": BGR minus the means of ImageNet
SAMPLES, NOISE = 50, 0.15


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("model", choices=["squeezenet", "vgg16"])
    parser.add_argument("weights")
    parser.add_argument("image")
    parser.add_argument("output")
    parser.add_argument("--save-weights", action="store_true", help="write random weights and stop")
    return parser.parse_args()


def read(path, size):
    picture = Image.open(path).convert("RGB").resize((size, size), Image.BILINEAR)
    pixels = np.asarray(picture, np.float32)
    return picture, pixels[..., ::-1] - MEANS


def draw(picture, maps, path):
    """One row: the picture, then each map of (height, width, channels) over it."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 1 + len(maps), figsize=(3 * (1 + len(maps)), 3.4))
    for axis, (title, values) in zip(axes, [("Image", None)] + list(maps.items())):
        axis.imshow(picture)
        if values is not None:
            flat = np.abs(values).max(-1) if values.ndim == 3 else values
            enlarged = Image.fromarray(flat.astype(np.float32)).resize(picture.size, Image.BILINEAR)
            axis.imshow(np.asarray(enlarged), cmap="jet", alpha=0.5)
        axis.set_title(title)
        axis.axis("off")
    figure.savefig(path, dpi=150)
    print(f"wrote {path}", file=sys.stderr)
