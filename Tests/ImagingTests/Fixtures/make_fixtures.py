"""Makes the small pictures in this folder and `expected.json`, the pixels each is to be decoded to.

Run with Pillow and NumPy (made with Pillow 13.0.0, NumPy 2.4.6):

    python3 make_fixtures.py [FOLDER OF PHOTOGRAPHS]

PNG files are written chunk by chunk here, because Pillow cannot write most kinds, and their expected pixels are
computed here and held against Pillow's. The expected pixels of JPEG files are Pillow's. With a folder of
photographs, `photographs.json` gets the Adler-32 checksum of the pixels that Pillow decodes from each.
"""

import io
import json
import pathlib
import struct
import sys
import zlib

import numpy as np
from PIL import Image, ImageOps

here = pathlib.Path(__file__).parent
expected = {}


def remember(name, data, pixels, over_white=None):
    """`pixels` with transparency ignored; `over_white` where it matters."""
    (here / name).write_bytes(data)
    entry = {"width": pixels.shape[1], "height": pixels.shape[0], "rgb": pixels.astype(np.uint8).tobytes().hex()}
    if over_white is not None:
        entry["overWhite"] = over_white.astype(np.uint8).tobytes().hex()
    expected[name] = entry


# PNG

def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def packed(rows, depth):
    """Filter byte 0 and the samples of each row, most significant bit first. rows: [height, width, samples]."""
    out = b""
    for row in rows:
        samples = row.reshape(-1)
        if depth == 16:
            line = samples.astype(">u2").tobytes()
        else:
            bits = np.unpackbits(samples.astype(np.uint8)[:, None], axis=1)[:, 8 - depth:]
            line = np.packbits(bits.reshape(-1)).tobytes()
        out += b"\0" + line
    return out


def png(samples, depth, kind, extra=(), interlaced=False):
    height, width = samples.shape[:2]
    if interlaced:
        passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
        parts = [samples[y::dy, x::dx] for y, x, dy, dx in passes]
        raw = b"".join(packed(part, depth) for part in parts if part.size)
    else:
        raw = packed(samples, depth)
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, int(interlaced))
    body = b"".join(chunk(k, c) for k, c in extra)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body
            + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b""))


GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
random = np.random.default_rng(7)
height, width = 7, 13


def noise(channels, depth):
    return random.integers(0, 1 << depth, (height, width, channels)).astype(np.uint16)


def to_eight(samples, depth):
    return samples >> 8 if depth == 16 else samples * 255 // ((1 << depth) - 1)


def over_white(rgb, alpha):
    rgb, alpha = rgb.astype(int), alpha.astype(int)
    return (rgb * alpha + 255 * (255 - alpha) + 127) // 255


def check_with_pillow(data, rgb, white=None):
    image = Image.open(io.BytesIO(data))
    assert np.array_equal(np.asarray(image.convert("RGB")), rgb), "Pillow disagrees"
    if white is not None:
        below = Image.new("RGB", image.size, (255, 255, 255))
        full = image.convert("RGBA")
        below.paste(full, mask=full.getchannel("A"))
        assert np.array_equal(np.asarray(below), white), "Pillow disagrees over white"


def remember_png(name, samples, depth, kind, rgb, alpha=None, extra=(), interlaced=False, pillow=True):
    data = png(samples, depth, kind, extra, interlaced)
    white = None if alpha is None else over_white(rgb, alpha)
    if pillow:
        check_with_pillow(data, rgb, white)
    remember(name, data, rgb, white)


for depth in (1, 2, 4, 8, 16):
    grey = noise(1, depth)
    # Pillow 13 cuts 16-bit grey off at 255 instead of reducing it, so it is no reference there.
    remember_png(f"grey{depth}.png", grey, depth, GREY, to_eight(grey, depth).repeat(3, 2), pillow=depth < 16)
for depth in (8, 16):
    colour = noise(3, depth)
    remember_png(f"rgb{depth}.png", colour, depth, RGB, to_eight(colour, depth))
    both = noise(2, depth)
    eight = to_eight(both, depth)
    remember_png(f"grey-alpha{depth}.png", both, depth, GREY_ALPHA, eight[..., :1].repeat(3, 2), eight[..., 1:],
                 pillow=depth < 16)
    four = noise(4, depth)
    eight = to_eight(four, depth)
    remember_png(f"rgba{depth}.png", four, depth, RGBA, eight[..., :3], eight[..., 3:])
for depth in (1, 2, 4, 8):
    colours = random.integers(0, 256, (1 << depth, 3)).astype(np.uint8)
    index = noise(1, depth)
    remember_png(f"palette{depth}.png", index, depth, PALETTE, colours[index[..., 0]],
                 extra=[(b"PLTE", colours.tobytes())])
colours = random.integers(0, 256, (16, 3)).astype(np.uint8)
opacities = random.integers(0, 256, 9).astype(np.uint8)  # the last seven colours are opaque
index = noise(1, 4)
alpha = np.concatenate([opacities, np.full(7, 255, np.uint8)])[index]
remember_png("palette-transparent.png", index, 4, PALETTE, colours[index[..., 0]], alpha,
             extra=[(b"PLTE", colours.tobytes()), (b"tRNS", opacities.tobytes())])
colour = noise(3, 8)
colour[2:4, 3:6] = (10, 20, 30)
alpha = np.where((colour == (10, 20, 30)).all(2, keepdims=True), 0, 255)
remember_png("rgb-keyed.png", colour, 8, RGB, colour, alpha, extra=[(b"tRNS", struct.pack(">HHH", 10, 20, 30))])
# Pillow 13 compares the key, which is in units of the file's depth, with the samples made 8 bits wide.
grey = noise(1, 4)
alpha = np.where(grey == 5, 0, 255)
remember_png("grey-keyed.png", grey, 4, GREY, to_eight(grey, 4).repeat(3, 2), alpha,
             extra=[(b"tRNS", struct.pack(">H", 5))], pillow=False)
colour = noise(3, 8)
remember_png("interlaced-rgb.png", colour, 8, RGB, colour, interlaced=True)
index = noise(1, 2)
remember_png("interlaced-palette.png", index, 2, PALETTE, colours[index[..., 0]],
             extra=[(b"PLTE", colours[:4].tobytes())], interlaced=True)
# A gamma chunk is not applied.
remember_png("gamma.png", colour, 8, RGB, colour, extra=[(b"gAMA", struct.pack(">I", 100000))])


def exif_block(orientation, order):
    mark = b"II" if order == "<" else b"MM"
    entry = struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    return mark + struct.pack(order + "HI", 42, 8) + struct.pack(order + "H", 1) + entry + bytes(4)


stored = noise(3, 8)
for orientation in range(1, 9):
    data = png(stored, 8, RGB, [(b"eXIf", exif_block(orientation, "<>"[orientation % 2]))])
    turned = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    remember(f"orientation{orientation}.png", data, np.asarray(turned))

# JPEG

y, x = np.mgrid[0:19, 0:22]
smooth = np.stack([x * 11, y * 13, 255 - x * 5 - y * 6], axis=2).astype(np.uint8)
smooth[5:12, 6:15] = (230, 40, 60)
picture = Image.fromarray(smooth)


def jpeg(image, **options):
    out = io.BytesIO()
    image.save(out, "JPEG", **options)
    return out.getvalue()


def decoded(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


for name, options in {
    "ycc444.jpg": dict(subsampling="4:4:4", quality=90),
    "ycc422.jpg": dict(subsampling="4:2:2", quality=80),
    "ycc420.jpg": dict(subsampling="4:2:0", quality=75),
    "progressive.jpg": dict(progressive=True, quality=80),
    "restarts.jpg": dict(restart_marker_blocks=1, quality=80),
    "rgb.jpg": dict(keep_rgb=True, quality=90),
}.items():
    data = jpeg(picture, **options)
    remember(name, data, decoded(data))
data = jpeg(picture.convert("L"), quality=85)
remember("grey.jpg", data, decoded(data))

inks = np.stack([x * 9, y * 12, 200 - x * 6, x * 3 + y * 4], axis=2).astype(np.uint8)
adobe = jpeg(Image.fromarray(inks, "CMYK"), quality=95)
assert b"\xff\xee\x00\x0eAdobe" in adobe
remember("cmyk-adobe.jpg", adobe, decoded(adobe))
place = adobe.index(b"\xff\xee\x00\x0eAdobe")
# The same numbers read as luminance, colour differences and black.
ycck = adobe[:place + 15] + b"\x02" + adobe[place + 16:]
remember("ycck-adobe.jpg", ycck, decoded(ycck))
# Without Adobe's marker nothing is inverted (Pillow inverts all the same; TensorFlow does not).
plain = adobe[:place] + adobe[place + 16:]
ink = 255 - np.asarray(Image.open(io.BytesIO(plain))).astype(int)
white = 255 - ink[..., 3:]
product = ink[..., :3] * white + 128
remember("cmyk-plain.jpg", plain, white - (((product >> 8) + product) >> 8))

for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = jpeg(picture, quality=90, exif=exif)
    turned = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    remember(f"orientation{orientation}.jpg", data, np.asarray(turned.convert("RGB")))

(here / "expected.json").write_text(json.dumps(expected, indent=1, sort_keys=True) + "\n")

if len(sys.argv) > 1:
    sums = {}
    for path in sorted(pathlib.Path(sys.argv[1]).rglob("*")):
        if path.suffix.lower() in (".jpeg", ".jpg", ".png"):
            sums[path.name] = zlib.adler32(np.asarray(Image.open(path).convert("RGB")).tobytes())
    (here / "photographs.json").write_text(json.dumps(sums, indent=1, sort_keys=True) + "\n")
