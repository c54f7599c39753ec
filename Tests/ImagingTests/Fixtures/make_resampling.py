"""Makes `resampling.json`: what `tf.image.resize` and Pillow make of small pictures.

Run with TensorFlow and Pillow (made with TensorFlow 2.20.0, Pillow 13.0.0):

    python3 make_resampling.py

Inputs are `(i * 7919 % 997) / 997` for TensorFlow and `i * 7919 % 251` for Pillow, so that they need not be stored.
"""

import json
import pathlib

import numpy as np
import tensorflow as tf
from PIL import Image

sizes = [((5, 7), (10, 14)), ((5, 7), (11, 9)), ((13, 17), (5, 7)), ((64, 50), (6, 9)), ((9, 9), (3, 20)),
         ((4, 3), (12, 9)), ((1, 1), (3, 2)), ((50, 37), (23, 23))]
cases = []
for (height, width), (to_height, to_width) in sizes:
    count = height * width * 2
    picture = ((np.arange(count) * 7919 % 997) / 997).astype(np.float32).reshape(1, height, width, 2)
    for name, method, antialias in (("nearest", "nearest", False), ("bilinear", "bilinear", False),
                                    ("antialiased", "bilinear", True)):
        result = tf.image.resize(picture, (to_height, to_width), method=method, antialias=antialias).numpy()
        cases.append({"interpolation": name, "from": [height, width], "to": [to_height, to_width],
                      "values": [float(f"{v:.9g}") for v in result.reshape(-1)]})

# Around the place where Pillow 13 takes the other axis first, and a part of a picture.
tall = [((60, 40), (20, 20), None), ((61, 40), (20, 20), None), ((21, 19), (20, 20), None),
        ((50, 24), (20, 20), (3, 47, 2, 22))]
pillow = []
for (height, width), (to_height, to_width), box in [(*pair, None) for pair in sizes] + tall:
    picture = (np.arange(height * width * 3) * 7919 % 251).astype(np.uint8).reshape(height, width, 3)
    for name, filter in (("nearest", Image.Resampling.NEAREST), ("bilinear", Image.Resampling.BILINEAR)):
        corners = box and (box[2], box[0], box[3], box[1])
        result = np.asarray(Image.fromarray(picture).resize((to_width, to_height), filter, box=corners))
        pillow.append({"interpolation": name, "from": [height, width], "to": [to_height, to_width], "box": box,
                       "rgb": result.tobytes().hex()})

out = pathlib.Path(__file__).parent / "resampling.json"
out.write_text(json.dumps({"tensorflow": cases, "pillow": pillow}) + "\n")
