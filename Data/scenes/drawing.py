"""What a scene is drawn from: noise, colours, outlines, textures, and the laying of one over another.

Everything is computed in float64 on the pixel centres of a square picture; a coverage is an array of
0...1, one value per pixel, and a colour picture has values of 0...1 too.
"""
import colorsys

import numpy as np

SIZE = 96
Y, X = np.mgrid[0:SIZE, 0:SIZE] + 0.5


# Noise ----------------------------------------------------------------------------------------------


def spline_weights(cells, offset):
    """The (SIZE, cells + 4) matrix that reads a cubic B-spline with `cells` knots across the picture."""
    at = np.arange(SIZE) / SIZE * cells + offset
    left = np.floor(at).astype(int)
    t = at - left
    parts = ((1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3)
    weights = np.zeros((SIZE, cells + 4))
    for shift, part in enumerate(parts):
        weights[np.arange(SIZE), left + shift] = part / 6
    return weights


def noise(rng, across, down):
    """Smooth noise of mean 0 with about `across` x `down` bumps in the picture."""
    grid = rng.random((down + 4, across + 4)) - 0.5
    return spline_weights(down, rng.random()) @ grid @ spline_weights(across, rng.random()).T


def fractal(rng, cells=3, octaves=5, persistence=0.6, stretch=1.0):
    """Octaves of `noise`, each twice as fine as the last, scaled to mean 0.5 and standard deviation 0.2."""
    total = np.zeros((SIZE, SIZE))
    for octave in range(octaves):
        down = min(cells * 2**octave, SIZE)
        across = min(max(1, round(down * stretch)), SIZE)
        total += persistence**octave * noise(rng, across, down)
    return 0.5 + 0.2 * (total - total.mean()) / total.std()


def blurred(values, sigma):
    """A Gaussian blur along the first two axes, edges mirrored."""
    reach = max(1, int(3 * sigma + 0.5))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel /= kernel.sum()
    for axis in (0, 1):
        padding = [(reach, reach) if a == axis else (0, 0) for a in range(values.ndim)]
        padded = np.pad(values, padding, mode="reflect")
        length = values.shape[axis]
        values = sum(k * padded.take(range(i, i + length), axis) for i, k in enumerate(kernel))
    return values


# Colours --------------------------------------------------------------------------------------------

LUMINANCE = np.array([0.299, 0.587, 0.114])


def colour(rng, vivid=0.75):
    """A random colour; `vivid` bounds its saturation."""
    return np.array(colorsys.hsv_to_rgb(rng.random(), vivid * rng.random() ** 0.7, rng.uniform(0.2, 0.95)))


def contrasting(rng, least=0.3):
    """Two random colours whose luminances differ by at least `least`."""
    while True:
        pair = colour(rng), colour(rng)
        if abs((pair[0] - pair[1]) @ LUMINANCE) >= least:
            return pair


def mixed(low, high, amount):
    """Between two colours, per pixel."""
    return low + (high - low) * amount[..., None]


def lay(picture, paint, coverage):
    """`paint` over `picture` where `coverage` says."""
    return picture + (paint - picture) * coverage[..., None]


# Outlines: the signed distance in pixels from an edge, negative inside ---------------------------------


def polygon(u, v, corners):
    """The signed distance from a closed polygon."""
    nearest = np.full(u.shape, np.inf)
    inside = np.zeros(u.shape, bool)
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0)):
        dx, dy = bx - ax, by - ay
        t = np.clip(((u - ax) * dx + (v - ay) * dy) / (dx * dx + dy * dy), 0, 1)
        nearest = np.minimum(nearest, (u - ax - t * dx) ** 2 + (v - ay - t * dy) ** 2)
        if dy != 0:
            inside ^= ((ay > v) != (by > v)) & (u < ax + dx * (v - ay) / dy)
    return np.where(inside, -1, 1) * np.sqrt(nearest)


def ring_of(count, radii):
    """`count` corners around the origin at radii that repeat."""
    angle = 2 * np.pi * np.arange(count) / count
    radius = np.resize(radii, count)
    return np.stack([radius * np.sin(angle), -radius * np.cos(angle)], axis=1)


def outline(shape, u, v, radius):
    """The signed distance from a named shape, of about the area of a disc of the radius whatever the shape."""
    if shape == "disc":
        return np.hypot(u, v) - radius
    if shape == "square":
        return polygon(u, v, ring_of(4, [1.253 * radius]))
    if shape == "triangle":
        return polygon(u, v, ring_of(3, [1.45 * radius]))
    if shape == "star":
        return polygon(u, v, ring_of(10, [1.55 * radius, 0.72 * radius]))
    raise ValueError(f"no shape is called {shape}")


def irregular(rng, u, v, radius):
    """The signed distance, roughly, from a lump with dents: no shape of the list."""
    angle = np.arctan2(v, u)
    edge = np.ones(u.shape)
    for wave in (2, 3, 4, 5):
        edge += rng.uniform(0.05, 0.35) / wave**0.5 * np.sin(wave * angle + rng.uniform(0, 2 * np.pi))
    return (np.hypot(u, v) / np.maximum(edge, 0.2) - radius) * 0.8


def covered(distance, softness=1.0):
    """The coverage of the pixels by what is inside."""
    return np.clip(0.5 - distance / softness, 0, 1)


def turned(x, y, angle):
    """The pixel centres as seen from (x, y), turned."""
    u, v = X - x, Y - y
    return u * np.cos(angle) + v * np.sin(angle), v * np.cos(angle) - u * np.sin(angle)


# Textures: 0...1 per pixel --------------------------------------------------------------------------


def texture(kind, rng, u, v):
    """A named texture, in its own random scale, phase and direction."""
    period = rng.uniform(5.5, 9.0)
    angle = rng.uniform(0, np.pi)
    a = u * np.cos(angle) + v * np.sin(angle) + rng.uniform(0, period)
    b = v * np.cos(angle) - u * np.sin(angle) + rng.uniform(0, period)
    if kind == "striped":
        return np.clip(0.5 + 1.2 * np.sin(2 * np.pi * a / period), 0, 1)
    if kind == "spotted":
        row = np.floor(b / period)
        p = (a / period + 0.5 * (row % 2)) % 1 - 0.5
        q = b / period - row - 0.5
        return covered((np.hypot(p, q) - rng.uniform(0.28, 0.36)) * period, 1.4)
    if kind == "checked":
        return np.clip(0.5 + 2 * np.sin(np.pi * a / period) * np.sin(np.pi * b / period), 0, 1)
    if kind == "mottled":
        return np.clip(fractal(rng, cells=8, octaves=3), 0, 1)
    if kind == "plain":
        return np.full(u.shape, 0.5)
    raise ValueError(f"no texture is called {kind}")
