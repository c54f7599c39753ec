"""Makes `preprocessing.json`: what Keras makes of pixels, and of the pictures in this folder.

Run with Keras and Pillow (made with Keras 3.15.1 on TensorFlow 2.20.0, Pillow 13.0.0), after `make_fixtures.py`:

    python3 make_preprocessing.py
"""

import json
import pathlib

import keras
import numpy as np
from keras.applications import imagenet_utils

here = pathlib.Path(__file__).parent
pixels = (np.arange(60) * 7919 % 256).astype(np.float32).reshape(1, 4, 5, 3)


def listed(array):
    return [float(f"{v:.9g}") for v in np.asarray(array).reshape(-1)]


modes = {mode: listed(imagenet_utils.preprocess_input(pixels.copy(), mode=mode)) for mode in ("caffe", "tf", "torch")}

loads = []
for name in ("ycc444.jpg", "rgba8.png", "orientation6.jpg"):
    for color_mode in ("rgb", "grayscale"):
        for interpolation in ("nearest", "bilinear"):
            for crop in (False, True):
                size = (9, 17) if interpolation == "bilinear" else (31, 12)
                image = keras.utils.load_img(here / name, color_mode=color_mode, target_size=size,
                                             interpolation=interpolation, keep_aspect_ratio=crop)
                array = keras.utils.img_to_array(image).astype(np.uint8)
                loads.append({"file": name, "channels": array.shape[2], "size": list(size),
                              "resampling": "pillow-bilinear" if interpolation == "bilinear" else "nearest",
                              "fit": "center-crop" if crop else "stretch", "bytes": array.tobytes().hex()})

(here / "preprocessing.json").write_text(json.dumps({"modes": modes, "loads": loads}) + "\n")
