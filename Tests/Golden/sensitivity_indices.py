"""Writes sensitivity_indices.json: the Sobol indices and HSIC that xplique estimates from given masks and scores.

    pip install tensorflow==2.20.0 xplique==2.0.2 tensorflow-probability==0.25.0 tf-keras==2.21.0
    python3 Tests/Golden/sensitivity_indices.py

Masks and scores are made by `numbers(shape, phase)`, which the test repeats.
"""

import json
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
import numpy as np
from scipy.stats import qmc
from xplique.attributions.global_sensitivity_analysis.hsic_estimators import BinaryEstimator
from xplique.attributions.global_sensitivity_analysis.sobol_estimators import JansenEstimator


def numbers(shape, phase):
    count = int(np.prod(shape))
    i = np.arange(count, dtype=np.float64)
    return np.sin(1.7 * i * i + 0.3 * i + phase).astype(np.float32).reshape(shape)


floats = lambda values: [float(f"{v:.8g}") for v in np.ravel(values)]
designs, cells = 8, 4
scores = numbers((designs * (cells + 2),), 11)
masks = np.zeros((len(scores), 2, 2, 1), np.float32)
binary = (numbers((40, 9), 12) > 0).astype(np.float32).reshape(40, 3, 3, 1)
results = {
    "sobol": floats(JansenEstimator()(masks, scores, designs)),
    "hsic": floats(BinaryEstimator()(binary, numbers((40,), 13) + 2, 40)),
    "sequence": floats(qmc.Sobol(200, scramble=False).random(16)[[1, 5, 6, 11, 15]][:, [0, 1, 2, 7, 50, 127, 199]]),
}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sensitivity_indices.json")
with open(path, "w") as file:
    json.dump(results, file)
print(path, os.path.getsize(path), "bytes")
