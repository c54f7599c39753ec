"""Writes coco.json: masks in COCO's three forms, with what pycocotools makes of each.

    python3 make_coco.py        (installs the packages below from PyPI into an environment that it removes again)
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import venv

PACKAGES = ["numpy==2.4.6", "pycocotools==2.0.10"]

if "--here" not in sys.argv:
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = pathlib.Path(folder) / "bin" / "python"
        subprocess.check_call([python, "-m", "pip", "install", "--quiet", *PACKAGES])
        subprocess.check_call([python, __file__, "--here"])
    sys.exit()

import numpy
from pycocotools import mask as coco

HEIGHT, WIDTH = 37, 53
draw = numpy.random.default_rng(3)
cases = []


def runs_of(mask):
    flat = mask.flatten(order="F")
    edges = numpy.flatnonzero(numpy.diff(flat)) + 1
    counts = numpy.diff(numpy.concatenate([[0], edges, [flat.size]])).tolist()
    return counts if flat[0] == 0 else [0] + counts


for kind in ["blobs", "noise", "empty", "full", "columns"]:
    mask = numpy.zeros((HEIGHT, WIDTH), dtype=numpy.uint8)
    if kind == "blobs":
        mask[5:20, 10:30] = 1
        mask[15:33, 25:50] = 1
    elif kind == "noise":
        mask = (draw.random((HEIGHT, WIDTH)) < 0.5).astype(numpy.uint8)
    elif kind == "full":
        mask[:] = 1
    elif kind == "columns":
        mask[:, ::2] = 1
    packed = coco.encode(numpy.asfortranarray(mask))
    from_runs = coco.decode(coco.frPyObjects({"counts": runs_of(mask), "size": [HEIGHT, WIDTH]}, HEIGHT, WIDTH))
    assert (from_runs == mask).all() and (coco.decode(packed) == mask).all()
    cases.append({"kind": kind, "runs": runs_of(mask), "compressed": packed["counts"].decode(),
                  "area": int(mask.sum())})


def star(points, spread, digits):
    angles = numpy.sort(draw.random(points)) * 2 * numpy.pi
    radii = spread * (0.3 + draw.random(points))
    outline = numpy.stack([26 + radii * numpy.cos(angles), 18 + radii * numpy.sin(angles)], 1)
    return outline.round(digits).flatten().tolist()


def tangle(points, low, high, digits):
    """Corners anywhere: edges cross, and may leave the picture."""
    x, y = draw.uniform(low, WIDTH - low + high, points), draw.uniform(low, HEIGHT - low + high, points)
    return numpy.stack([x, y], 1).round(digits).flatten().tolist()


outlines = [("star", [star(points, 14, digits)]) for points in [3, 4, 8, 20, 60] for digits in [0, 1, 2]]
outlines += [("tangle", [tangle(points, 0, 0, digits)]) for points in [3, 5, 9] for digits in [0, 1, 2]]
outlines += [("outside", [tangle(points, -20, 0, digits)]) for points in [3, 5, 9] for digits in [0, 1, 2]]
outlines += [("several", [star(9, 8, 2), tangle(4, 0, 0, 1), star(5, 20, 2)]) for _ in range(4)]
# Ties: corners on centres and edges of pixels, and on the fine grid.
outlines += [("ties", [(numpy.round(numpy.array(tangle(5, 0, 0, 3)) * steps) / steps).tolist()])
             for steps in [2, 5, 10] for _ in range(3)]
outlines += [("repeated corner", [[10, 10, 10, 10, 30.5, 10, 30.5, 30.5, 30.5, 30.5, 10, 30]]),
             ("one point", [[7.5, 7.5, 7.5, 7.5, 7.5, 7.5]]), ("line", [[3, 4, 40, 21, 3, 4]]),
             ("thin", [[5, 5, 45, 6, 45, 6.3, 5, 5.2]]), ("whole", [[0, 0, WIDTH, 0, WIDTH, HEIGHT, 0, HEIGHT]]),
             ("odd count", [[3, 3, 20, 3, 20, 20, 3]]), ("corner cut", [[-5, 10, 10, -5, -5, -5]])]
polygons = []
for kind, parts in outlines:
    merged = coco.merge(coco.frPyObjects(parts, HEIGHT, WIDTH))
    polygons.append({"kind": kind, "polygons": parts, "compressed": merged["counts"].decode(),
                     "area": int(coco.area(merged))})

out = {"height": HEIGHT, "width": WIDTH, "masks": cases, "polygons": polygons}
pathlib.Path(__file__).with_name("coco.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
