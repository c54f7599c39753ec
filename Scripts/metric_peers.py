#!/usr/bin/env python3
"""Scores the same maps of the same model with other toolkits, for Tests/MetricsTests/PeerTests.swift.

    python Scripts/metric_peers.py quantus > Tests/MetricsTests/Fixtures/peers-quantus.json    # quantus==0.6.0, torch==2.13.0
    python Scripts/metric_peers.py captum  > Tests/MetricsTests/Fixtures/peers-captum.json     # captum==0.9.0, torch
    python Scripts/metric_peers.py xplique > Tests/MetricsTests/Fixtures/peers-xplique.json    # xplique==2.0.2, tensorflow

Quantus imports zennit if it is installed, and zennit torchvision: install neither, or torchvision's build for the CPU.

Nothing is stored of the model, the images and the maps: both sides make them from the same integers, so that no
rounding enters. Where a metric draws at random, the draws are ours: `CounterRandom` is written out below.

Entries whose name ends in `!` are numbers in which the peer is known to differ, for Guides/Metrics.md to explain.
"""
import contextlib
import json
import math
import sys

import numpy as np

SIDE, FILTERS, CLASSES, IMAGES, TARGET = 24, 6, 4, 3, 2
FALLING = 3  # a class whose probability drops where TARGET's rises


# --- the model, the images, and the maps -----------------------------------------------------------------------------

def pattern(count, factor, modulus=1024):
    i = np.arange(count, dtype=np.int64)
    return ((i * i * factor + i * 7 + 3) % modulus).astype(np.float32) / np.float32(modulus)


def centred(shape, factor, scale):
    return ((pattern(int(np.prod(shape)), factor) - np.float32(0.5)) * np.float32(scale)).reshape(shape)


def weights(channels):
    return {
        "kernel": centred((3, 3, channels, FILTERS), 3, 1), "bias": centred((FILTERS,), 5, 0.5),
        "dense": centred((FILTERS, CLASSES), 7, 8), "offset": centred((CLASSES,), 11, 0.5)}


def image(n, channels):
    return centred((SIDE, SIDE, channels), 13 + 2 * n, 4)


def saliency(n):
    # 1021 is a prime above SIDE * SIDE: few ties; a power of two would repeat itself.
    return pattern(SIDE * SIDE, 17 + 2 * n, 1021).reshape(SIDE, SIDE)


def signed(n, channels):
    return (pattern(SIDE * SIDE * channels, 23 + 2 * n, 1021) - np.float32(0.5)).reshape(SIDE, SIDE, channels)


def mask(n):
    result = np.zeros((SIDE, SIDE), bool)
    result[3 + n:11 + n, 5:14 + n] = True
    return result


# --- our random numbers ----------------------------------------------------------------------------------------------

M64 = (1 << 64) - 1


def mix(value):
    z = (value + 0x9E3779B97F4A7C15) & M64
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & M64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & M64
    return z ^ (z >> 31)


def content_key(array):
    key = 0xCBF29CE484222325
    for size in array.shape:
        key = ((key ^ size) * 0x100000001B3) & M64
    for bits in array.astype(np.float32).ravel().view(np.uint32):
        key = ((key ^ int(bits)) * 0x100000001B3) & M64
    return mix(key)


class CounterRandom:
    def __init__(self, seed, *path):
        self.key = (seed & 0xFFFFFFFF, seed >> 32)
        self.stream = 0x9E3779B97F4A7C15
        for step in path:
            self.stream = mix(self.stream ^ mix(step))

    def words(self, position):
        c = [position & 0xFFFFFFFF, position >> 32, self.stream & 0xFFFFFFFF, self.stream >> 32]
        k = list(self.key)
        for _ in range(10):
            a, b = c[0] * 0xD2511F53, c[2] * 0xCD9E8D57
            c = [(b >> 32) ^ c[1] ^ k[0], b & 0xFFFFFFFF, (a >> 32) ^ c[3] ^ k[1], a & 0xFFFFFFFF]
            k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
        return c

    def permutation(self, count):
        order = list(range(count))
        for i in range(count - 1, 0, -1):
            j = self.words(i // 4)[i % 4] * (i + 1) >> 32
            order[i], order[j] = order[j], order[i]
        return order

    def uniform(self, low, high, shape):
        count = int(np.prod(shape))
        words = [w for p in range((count + 3) // 4) for w in self.words(p)][:count]
        unit = (np.array(words, dtype=np.uint64) >> np.uint64(8)).astype(np.float32) * np.float32(2.0 ** -24)
        return (np.float32(low) + (np.float32(high) - np.float32(low)) * unit).reshape(shape)

    def normal(self, shape):
        count = int(np.prod(shape))
        values = []
        for p in range((count + 1) // 2):
            w = self.words(p)
            bits = (w[0] << 21) ^ (w[1] >> 11)
            radius = math.sqrt(-2 * math.log((bits + 0.5) * 2.0 ** -53))
            angle = 2 * math.pi * (w[2] + 0.5) * 2.0 ** -32
            values += [radius * math.cos(angle), radius * math.sin(angle)]
        return np.array(values[:count], dtype=np.float32).reshape(shape)


INFIDELITY, SUBSETS, SENSITIVITY = 3, 4, 5  # `Draw` in Swift


def random(n, channels, purpose, draw):
    return CounterRandom(1, content_key(image(n, channels)[None]), purpose, draw)


# --- the peers ---------------------------------------------------------------------------------------------------------

def torch_model(channels, softmax):
    import torch
    w = weights(channels)

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = torch.nn.Conv2d(channels, FILTERS, 3, padding=1)
            self.dense = torch.nn.Linear(FILTERS, CLASSES)
            with torch.no_grad():
                self.conv.weight.copy_(torch.tensor(w["kernel"]).permute(3, 2, 0, 1))
                self.conv.bias.copy_(torch.tensor(w["bias"]))
                self.dense.weight.copy_(torch.tensor(w["dense"]).T)
                self.dense.bias.copy_(torch.tensor(w["offset"]))

        def forward(self, x):
            scores = self.dense(torch.relu(self.conv(x)).mean((2, 3)))
            return torch.softmax(scores, 1) if softmax else scores

    return Net().eval()


def first(array):
    return np.ascontiguousarray(np.moveaxis(array, -1, 0))


def quantus():
    import quantus as q
    import torch
    results = {}
    model1 = torch_model(1, softmax=False)
    np.trapz = getattr(np, "trapz", np.trapezoid if hasattr(np, "trapezoid") else None)  # gone in NumPy 2.4
    quiet = dict(disable_warnings=True, display_progressbar=False)
    for n in range(IMAGES):
        x1, y = first(image(n, 1))[None], np.array([TARGET])
        a, s = saliency(n)[None, None].copy(), mask(n)[None, None]

        def score(metric, attribution=a, **more):
            return float(metric(model=model1, x_batch=x1, y_batch=y, a_batch=attribution.copy(), s_batch=s, **more)[0])

        raw = dict(abs=False, normalise=False, **quiet)
        results[f"sparseness {n}"] = score(q.Sparseness(**raw))
        results[f"complexity {n}"] = score(q.Complexity(**raw))
        results[f"relevance-mass {n}"] = score(q.RelevanceMassAccuracy(**raw))
        results[f"relevance-rank {n}"] = score(q.RelevanceRankAccuracy(**raw))
        results[f"energy-pointing-game {n}"] = score(
            q.AttributionLocalisation(positive_attributions=True, **raw), attribution=first(signed(n, 1))[None])
        results[f"pointing-game {n}"] = score(q.PointingGame(**raw))
        subsets = iter([random(n, 1, SUBSETS, k).permutation(SIDE * SIDE)[:50] for k in range(30)])
        choice, np.random.choice = np.random.choice, lambda *_, **__: np.array(next(subsets))
        results[f"faithfulness-correlation {n}"] = score(
            q.FaithfulnessCorrelation(
                nr_runs=30, subset_size=50, return_aggregate=False, abs=False, normalise=False,
                perturb_baseline=0.0, **quiet),
            softmax=False)
        np.random.choice = choice
        results[f"top-k-intersection {n}"] = score(q.TopKIntersection(k=60, **raw))
        results[f"localisation-auc {n}"] = score(q.AUC(**raw))
        results[f"selectivity {n}"] = [float(v) for v in q.Selectivity(
            patch_size=6, perturb_baseline=0.0, **raw)(
                model=model1, x_batch=x1, y_batch=y, a_batch=a.copy(), softmax=False)[0]]
        results[f"histogram-entropy {n}"] = float(q.complexity_func.discrete_entropy(saliency(n), x1))
        results.update(stability(q, model1, n, x1, y, raw))
        order = np.argsort(-saliency(n).ravel(), kind="stable")
        for percent in (20, 70):
            removed = order[:SIDE * SIDE * percent // 100]
            filled = q.perturb_func.noisy_linear_imputation(arr=first(image(n, 3)), indices=removed, noise=0.0)
            results[f"imputation {percent} {n}"] = [float(v) for v in filled.reshape(3, -1)[:, removed[:20]].ravel()]
        b = signed(n, 1)[..., 0]
        results[f"spearman {n}"] = float(q.similarity_func.correlation_spearman(saliency(n).ravel(), np.abs(b).ravel()))
    # Known to differ: see Guides/Metrics.md.
    x, y = np.stack([first(image(n, 1)) for n in range(IMAGES)]), np.full(IMAGES, TARGET)
    a = np.stack([saliency(n)[None] for n in range(IMAGES)])
    flipping = q.PixelFlipping(
        features_in_step=SIDE * SIDE // 8, perturb_baseline=0.0, return_auc_per_sample=True, abs=False, normalise=False,
        **quiet)
    for n, value in enumerate(flipping(model=model1, x_batch=x, y_batch=y, a_batch=a.copy(), softmax=True)):
        results[f"pixel-flipping! {n}"] = float(value)
    results.update(defects(q, model1))
    return results


def stability(q, model, n, x, y, raw):
    """Metrics of the gradient of perturbed images, with our perturbations."""
    import torch

    def gradient(model, inputs, targets, **_):
        inputs = torch.tensor(np.asarray(inputs, np.float32), requires_grad=True)
        scores = model(inputs)
        scores[torch.arange(len(inputs)), torch.tensor(np.asarray(targets))].sum().backward()
        return inputs.grad.numpy()

    r = 0.02 * float(x.max() - x.min())
    results = {}
    # Quantus divides by 1e-6 where an element is 0, we by 1e-6 of the largest one.
    for name, metric in (
        ("local-lipschitz", q.LocalLipschitzEstimate), ("ris", q.RelativeInputStability),
        ("ros", q.RelativeOutputStability)):
        draws = iter([random(n, 1, SENSITIVITY, k).uniform(-r, r, (1, SIDE * SIDE)) for k in range(10)])
        more = {} if name == "local-lipschitz" else {"eps_min": 1e-6 * float(np.abs(x).max())}
        results[f"{name} {n}"] = float(metric(
            nr_samples=10, perturb_func=lambda arr, **_: arr + next(draws), return_aggregate=False, **more, **raw)(
                model=model, x_batch=x.copy(), y_batch=y, a_batch=gradient(model, x, y), explain_func=gradient)[0])
    return results


def defects(q, model1):
    """What is wrong in Quantus 0.6.0, as it shows."""
    results = {}
    raw = dict(abs=False, normalise=False, disable_warnings=True, display_progressbar=False)
    x1, y, a = first(image(0, 1))[None], np.array([TARGET]), saliency(0)[None, None]

    def attempt(body):
        try:
            return float(np.asarray(body()).ravel()[0])
        except Exception as error:  # whatever it raises is the result
            return f"{type(error).__name__}: {error}"

    results["pointing-game of an empty mask!"] = attempt(lambda: q.PointingGame(**raw)(
        model=model1, x_batch=x1, y_batch=y, a_batch=a.copy(), s_batch=np.zeros_like(a, bool)))
    results["road of a colour image!"] = attempt(lambda: q.ROAD(**raw)(
        model=torch_model(3, softmax=False), x_batch=first(image(0, 3))[None], y_batch=y, a_batch=a.copy()))
    linear = a / a.sum()
    results["completeness of a complete map!"] = attempt(lambda: q.Completeness(
        output_func=lambda v: v, perturb_baseline=0.0, **{**raw, "normalise": True})(
            model=sum_model(), x_batch=linear.copy(), y_batch=np.array([0]), a_batch=linear.copy()))
    results["monotonicity of a random map!"] = attempt(lambda: q.Monotonicity(features_in_step=36, **raw)(
        model=model1, x_batch=x1, y_batch=y, a_batch=a.copy()))
    return results


def sum_model():
    import torch

    class Sum(torch.nn.Module):
        def forward(self, x):
            return torch.stack([x.sum((1, 2, 3)), 0 * x.sum((1, 2, 3))], 1)

    return Sum().eval()


def captum():
    import torch
    from captum.attr import Saliency
    from captum.metrics import infidelity, sensitivity_max
    results = {}
    model = torch_model(3, softmax=False)
    for n in range(IMAGES):
        x = torch.tensor(first(image(n, 3))[None])
        span = float(image(n, 3).max() - image(n, 3).min())
        noise = [torch.tensor(first(np.float32(0.2 * span) * random(n, 3, INFIDELITY, k).normal((SIDE, SIDE, 3))))
                 for k in range(25)]

        def perturbed(inputs):
            e = torch.stack(noise)
            return e, inputs - e

        phi = torch.tensor(first(signed(n, 3))[None]) * 0.01
        for name, scaled in (("unscaled", False), ("infidelity", True)):
            results[f"{name} {n}"] = float(infidelity(
                model, perturbed, x, phi, target=TARGET, n_perturb_samples=25, max_examples_per_batch=25,
                normalize=scaled)[0])
        r = 0.02 * span
        draws = iter([random(n, 3, SENSITIVITY, k).uniform(-r, r, (1, SIDE, SIDE, 3))[0] for k in range(10)])
        method = Saliency(model)
        results[f"max-sensitivity {n}"] = float(sensitivity_max(
            lambda inputs, **_: method.attribute(inputs, target=TARGET, abs=False), x,
            perturb_func=lambda inputs, _: inputs + torch.tensor(first(next(draws))),
            n_perturb_samples=10, max_examples_per_batch=1)[0])
    return results


def xplique():
    import tensorflow as tf
    from xplique import metrics
    w = weights(3)
    net = tf.keras.Sequential([
        tf.keras.layers.Input((SIDE, SIDE, 3)),
        tf.keras.layers.Conv2D(FILTERS, 3, padding="same", activation="relu"),
        tf.keras.layers.GlobalAveragePooling2D(), tf.keras.layers.Dense(CLASSES, activation="softmax")])
    net.set_weights([w["kernel"], w["bias"], w["dense"], w["offset"]])
    results = {}
    for n in range(IMAGES):
        x, y = image(n, 3)[None], np.eye(CLASSES, dtype=np.float32)[[TARGET]]
        a = saliency(n)[None]
        for name, metric in (
            ("deletion", metrics.Deletion(net, x, y, steps=10)), ("insertion", metrics.Insertion(net, x, y, steps=10)),
            ("drop", metrics.AverageDropMetric(net, x, y)), ("increase", metrics.AverageIncreaseMetric(net, x, y)),
            ("gain", metrics.AverageGainMetric(net, x, y))):
            results[f"{name} {n}"] = float(metric.evaluate(a))
        falling = np.eye(CLASSES, dtype=np.float32)[[FALLING]]
        results[f"drop of another class {n}"] = float(metrics.AverageDropMetric(net, x, falling).evaluate(a))
        results[f"complexity {n}"] = float(metrics.Complexity().detailed_evaluate(a)[0])
        results[f"sparseness {n}"] = float(metrics.Sparseness().detailed_evaluate(a)[0])
    return results


if __name__ == "__main__":
    peers = {"quantus": quantus, "captum": captum, "xplique": xplique}
    if len(sys.argv) != 2 or sys.argv[1] not in peers:
        sys.exit(__doc__)
    with contextlib.redirect_stdout(sys.stderr):  # Quantus prints its warnings
        results = peers[sys.argv[1]]()
    print(json.dumps(results, indent=1))
