"""Writes Sources/Imaging/ColorMapTables.swift and the numbers that hold the colour maps against Matplotlib.

Run with NumPy and Matplotlib (made with Matplotlib 3.11.2):

    python3 Scripts/make_colour_maps.py

viridis and inferno are by S. van der Walt, N. Smith and E. Firing, released under CC0. turbo is by A. Mikhailov,
Google, under the Apache License 2.0. `diverging` is computed here.
"""

import json
import pathlib

import matplotlib
import numpy as np

root = pathlib.Path(__file__).resolve().parent.parent


def bytes_of(name):
    return np.round(matplotlib.colormaps[name](np.arange(256))[:, :3] * 255).astype(int)


def srgb_from_oklab(lab):
    """OKLab to linear light to sRGB (B. Ottosson, https://bottosson.github.io/posts/oklab/)."""
    l, a, b = np.moveaxis(lab, -1, 0)
    cone = np.stack([l + 0.3963377774 * a + 0.2158037573 * b, l - 0.1055613458 * a - 0.0638541728 * b,
                     l - 0.0894841775 * a - 1.2914855480 * b], -1) ** 3
    linear = cone @ np.array([[4.0767416621, -3.3077115913, 0.2309699292],
                              [-1.2684380046, 2.6097574011, -0.3413193965],
                              [-0.0041960863, -0.7034186147, 1.7076147010]]).T
    linear = np.where(np.abs(linear) < 1e-9, 0, linear)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 0) ** (1 / 2.4) - 0.055)


def diverging():
    """White at zero; both arms have the same lightness and chroma at each distance from it, so that neither sign
    looks stronger: blue (hue 258 degrees) below, red (hue 25 degrees) above. 257 colours."""
    strength = np.linspace(0, 1, 129)
    lightness = 1 - 0.62 * strength
    hues = np.radians([258, 25])

    def fits(chroma, l):
        lab = np.array([[l, chroma * np.cos(h), chroma * np.sin(h)] for h in hues])
        srgb = srgb_from_oklab(lab)
        return (srgb > -1e-6).all() and (srgb < 1 + 1e-6).all()

    def widest(l):
        low, high = 0.0, 0.4
        for _ in range(40):
            middle = (low + high) / 2
            low, high = (middle, high) if fits(middle, l) else (low, middle)
        return low

    chroma = np.minimum([0.98 * widest(l) for l in lightness], 0.17)
    arms = [srgb_from_oklab(np.stack([lightness, chroma * np.cos(h), chroma * np.sin(h)], -1)) for h in hues]
    colours = np.concatenate([arms[0][:0:-1], arms[1]])
    colours[128] = 1
    return np.round(np.clip(colours, 0, 1) * 255).astype(int)


tables = {"viridis": bytes_of("viridis"), "inferno": bytes_of("inferno"), "turbo": bytes_of("turbo"),
          "diverging": diverging()}
notes = {
    "viridis": "By Stéfan van der Walt, Nathaniel Smith and Eric Firing, under CC0.",
    "inferno": "By Stéfan van der Walt, Nathaniel Smith and Eric Firing, under CC0.",
    "turbo": "By Anton Mikhailov, copyright 2019 Google LLC, under the Apache License 2.0.",
    "diverging": "Blue, white, red, equally light and colourful at equal distance from white in OKLab.",
}
lines = ["// Made by Scripts/make_colour_maps.py; do not edit.", "",
         "// Colours of equal distance, as hexadecimal red, green, blue.", "enum ColorMapTables {"]
for name, colours in tables.items():
    lines += [f"  // {notes[name]}", f'  static let {name} = """']
    text = "".join(f"{r:02x}{g:02x}{b:02x}" for r, g, b in colours)
    lines += ["    " + text[i:i + 96] for i in range(0, len(text), 96)]
    lines += ['    """', ""]
lines[-1] = "}"
(root / "Sources/Imaging/ColorMapTables.swift").write_text("\n".join(lines) + "\n", encoding="utf-8")

reference = {name: bytes_of(name).reshape(-1).tolist() for name in ("viridis", "inferno", "turbo", "jet", "gray")}
(root / "Tests/ImagingTests/Fixtures/colour_maps.json").write_text(json.dumps(reference) + "\n")
