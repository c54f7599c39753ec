"""Draws sheet.png: the first training scenes, one column for each class."""
import os

import numpy as np
from PIL import Image

from generate import HERE, TRAINING, draw
from scene import LABELS

ROWS = 4

rows = [np.hstack([draw(TRAINING, row * len(LABELS) + i)[0] for i in range(len(LABELS))]) for row in range(ROWS)]
sheet = Image.fromarray(np.vstack(rows)).quantize(128)
sheet.save(os.path.join(HERE, "sheet.png"), optimize=True)
