"""Writes coco.json: masks in COCO's three forms, with what pycocotools makes of each.

    python make_coco.py        (pycocotools 2.0, numpy)
"""

import json
import pathlib

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
    cases.append({"kind": kind, "runs": runs_of(mask), "compressed": packed["counts"].decode(),
                  "area": int(mask.sum())})

polygons = []
for points in [3, 4, 8, 20]:
    angles = numpy.sort(draw.random(points)) * 2 * numpy.pi
    radii = 6 + 10 * draw.random(points)
    outline = numpy.stack([26 + radii * numpy.cos(angles), 18 + radii * numpy.sin(angles)], 1).round(2)
    flat = outline.flatten().tolist()
    packed = coco.frPyObjects([flat], HEIGHT, WIDTH)
    polygons.append({"polygon": flat, "runs": runs_of(coco.decode(packed)[:, :, 0])})

out = {"height": HEIGHT, "width": WIDTH, "masks": cases, "polygons": polygons}
pathlib.Path(__file__).with_name("coco.json").write_text(json.dumps(out) + "\n")
