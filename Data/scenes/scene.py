"""One scene: a cluttered background, objects of known classes, what stands in front of them, and a camera.

A class is a shape with a texture. Neither alone gives it away: the background holds the same textures on
lumps and bands, and the same shapes with other textures.
"""
from dataclasses import dataclass

import numpy as np

from drawing import (
    SIZE, X, Y, blurred, colour, contrasting, covered, fractal, irregular, lay, mixed, outline, texture, turned,
)

SHAPES = ["disc", "square", "triangle", "star"]
TEXTURES = ["striped", "spotted"]
LABELS = [f"{t} {s}" for s in SHAPES for t in TEXTURES]


@dataclass
class Thing:
    """One object of a scene: its class, and the pixels of it that can be seen."""

    label: int
    mask: np.ndarray

    @property
    def box(self):
        """x, y, width, height of the smallest box around the visible pixels."""
        rows, columns = np.flatnonzero(self.mask.any(1)), np.flatnonzero(self.mask.any(0))
        x, y = int(columns[0]), int(rows[0])
        return [x, y, int(columns[-1]) - x + 1, int(rows[-1]) - y + 1]


def painted(rng, kind, u, v, least=0.3):
    """A surface with a texture, in two colours, lightly soiled."""
    low, high = contrasting(rng, least)
    surface = mixed(low, high, texture(kind, rng, u, v))
    return surface * (0.85 + 0.3 * fractal(rng, cells=6, octaves=3))[..., None]


def ground(rng):
    """Mottled colours with a grain, often of two regions with a wavy border between them."""
    def region():
        first = mixed(colour(rng, 0.6), colour(rng, 0.6), np.clip(fractal(rng, rng.integers(2, 5), 4), 0, 1))
        grain = fractal(rng, rng.integers(10, 24), 3, 0.8, stretch=rng.choice([0.25, 0.5, 1, 1, 2]))
        return first * (0.6 + 0.8 * grain)[..., None]

    picture = region()
    if rng.random() < 0.6:
        u, v = turned(SIZE / 2, SIZE / 2, rng.uniform(0, 2 * np.pi))
        border = v + rng.uniform(-25, 25) + 30 * (fractal(rng, 2, 4) - 0.5)
        picture = lay(picture, region(), covered(border, rng.uniform(1, 10)))
    return picture


def distractor(rng, picture):
    """One more thing that is of no class: a textured lump or band, a shape of another texture, or a line."""
    x, y = rng.uniform(0, SIZE, 2)
    u, v = turned(x, y, rng.uniform(0, 2 * np.pi))
    radius = rng.uniform(6, 19)
    kind = rng.choice(["lump", "lump", "lump", "band", "shape", "shape", "line", "line"])
    if kind == "lump":
        edge = irregular(rng, u, v, radius)
        surface = rng.choice(["striped", "spotted", "checked", "mottled"])
    elif kind == "band":
        edge = np.abs(v) + 6 * (fractal(rng, 2, 3) - 0.5) - rng.uniform(4, 11)
        surface = rng.choice(["striped", "spotted", "checked", "mottled"])
    elif kind == "shape":
        edge = outline(rng.choice(SHAPES), u, v, radius)
        surface = rng.choice(["plain", "mottled", "mottled"])
    else:
        edge = np.abs(v + rng.uniform(2, 14) * np.sin(u / rng.uniform(9, 30))) - rng.uniform(0.6, 2.5)
        surface = "plain"
    return lay(picture, painted(rng, surface, u, v, least=0.15), covered(edge))


def occluder(rng, x, y, radius):
    """The coverage of a twig or a lump that hides some of the object at (x, y), or nothing."""
    kind = rng.choice(["none", "none", "lump", "twig"])
    angle = rng.uniform(0, 2 * np.pi)
    if kind == "lump":
        away = rng.uniform(0.9, 1.2) * radius
        u, v = turned(x + away * np.cos(angle), y + away * np.sin(angle), angle)
        return covered(irregular(rng, u, v, rng.uniform(0.35, 0.6) * radius))
    if kind == "twig":
        u, v = turned(x, y, angle)
        bend = rng.uniform(-4, 4) * np.sin(u / rng.uniform(10, 25)) + rng.uniform(-0.6, 0.6) * radius
        return covered(np.abs(v + bend) - rng.uniform(1.2, 2.8))
    return np.zeros((SIZE, SIZE))


def places(rng, count):
    """Centres and radii of the objects: inside the picture, apart from each other."""
    while True:
        spots = []
        for _ in range(count):
            radius = rng.uniform(12, 20) if count == 1 else rng.uniform(11.5, 16)
            margin = 1.15 * radius
            spots.append((*rng.uniform(margin, SIZE - margin, 2), radius))
        gaps = [
            np.hypot(a[0] - b[0], a[1] - b[1]) - 1.35 * (a[2] + b[2])
            for i, a in enumerate(spots) for b in spots[:i]
        ]
        if all(gap > 0 for gap in gaps):
            return spots


def with_object(rng, picture, label, spot, light):
    """The picture with an object of the class and its shadow, and what is seen of the object."""
    x, y, radius = spot
    shape, surface = SHAPES[label // 2], TEXTURES[label % 2]
    u, v = turned(x, y, rng.uniform(0, 2 * np.pi))
    coverage = covered(outline(shape, u, v, radius))
    throw = rng.uniform(1, 4)
    shift = (round(throw * np.sin(light)), round(throw * np.cos(light)))
    shadow = blurred(np.roll(coverage, shift, (0, 1)), rng.uniform(1, 2.5))
    picture = picture * (1 - rng.uniform(0.1, 0.5) * shadow)[..., None]
    shade = 1 - rng.uniform(0.05, 0.3) * ((X - x) * np.cos(light) + (Y - y) * np.sin(light)) / radius
    picture = lay(picture, painted(rng, surface, u, v) * shade[..., None], coverage)
    while True:
        front = occluder(rng, x, y, radius)
        seen = (coverage > 0.5) & (front <= 0.5)
        if seen.sum() >= 0.72 * (coverage > 0.5).sum():
            break
    front_surface = painted(rng, rng.choice(["plain", "mottled"]), u, v, least=0.1)
    return lay(picture, front_surface, front), seen, front > 0.5


def photographed(rng, picture, light):
    """The scene as a camera sees it: uneven light, vignette, blur and noise, as bytes."""
    slope = ((X - SIZE / 2) * np.cos(light) + (Y - SIZE / 2) * np.sin(light)) / SIZE
    away = np.hypot(X - SIZE / 2, Y - SIZE / 2) / SIZE
    lit = (rng.uniform(0.75, 1.15) - rng.uniform(0, 0.5) * slope) * (1 - rng.uniform(0, 0.6) * away**2)
    tint = 1 + rng.uniform(-0.08, 0.08, 3)
    picture = blurred(np.clip(picture * lit[..., None] * tint, 0, 1), rng.uniform(0.35, 0.75))
    picture = picture + rng.uniform(0.004, 0.014) * rng.standard_normal(picture.shape)
    return np.round(255 * np.clip(picture, 0, 1)).astype(np.uint8)


def scene(rng, labels):
    """A picture (SIZE, SIZE, 3) of bytes with one object for each label, and its `Thing`s."""
    light = rng.uniform(0, 2 * np.pi)
    picture = ground(rng)
    for _ in range(rng.integers(4, 9)):
        picture = distractor(rng, picture)
    masks = []
    for label, spot in zip(labels, places(rng, len(labels))):
        picture, seen, front = with_object(rng, picture, label, spot, light)
        masks = [mask & ~front & ~seen for mask in masks] + [seen]
    picture = photographed(rng, picture, light)
    return picture, [Thing(label, mask) for label, mask in zip(labels, masks)]


def tagged(rng, picture):
    """The picture with a small bright tag in its lower left corner, and the tag's pixels."""
    left, top = rng.integers(2, 5), SIZE - 9 - rng.integers(2, 5)
    tag = np.full((9, 15, 3), (235.0, 225.0, 120.0))
    tag[[0, -1]] = tag[:, [0, -1]] = (60, 40, 30)
    tag[[3, 5], 3:12] = (120, 60, 40)
    tag = np.clip(tag * rng.uniform(0.85, 1.05) + 2 * rng.standard_normal(tag.shape), 0, 255)
    picture, mask = picture.copy(), np.zeros((SIZE, SIZE), bool)
    picture[top:top + 9, left:left + 15] = np.round(tag).astype(np.uint8)
    mask[top:top + 9, left:left + 15] = True
    return picture, mask
