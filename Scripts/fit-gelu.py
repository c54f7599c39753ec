#!/usr/bin/env python3
"""Prints the polynomial of Sources/CKernels/kernels/Gelu.h, lowest power first, and its largest relative error. Needs numpy.

R(t) = e^(t^2/2) Q(t), with Q the normal distribution's upper tail, is poly(q) / (t + C) for q = (t - C) / (t + C): a fit by
least squares at Chebyshev's nodes of [0, 14.5], weighted again and again by its own error until that is level.
"""
from math import erfc, exp, pi, sqrt

import numpy as np

C, DEGREE, LAST, NODES = 3.5, 9, 14.5, 4000


def mills(t):
    """R(t): by erfc where e^(t^2/2) is small, else by Laplace's continued fraction."""
    if t < 5:
        return 0.5 * erfc(t / sqrt(2)) * exp(t * t / 2)
    fraction = t
    for k in range(120, 0, -1):
        fraction = t + k / fraction
    return 1 / (fraction * sqrt(2 * pi))


top = (LAST - C) / (LAST + C)
x = np.cos(np.pi * (np.arange(NODES) + 0.5) / NODES)
q = (x + 1) / 2 * (top + 1) - 1
t = C * (1 + q) / (1 - q)
wanted = np.array([mills(float(v)) for v in t]) * (t + C)
powers = np.polynomial.chebyshev.chebvander(x, DEGREE) / wanted[:, None]
weights = np.ones(NODES)
for _ in range(60):
    found = np.linalg.lstsq(powers * np.sqrt(weights)[:, None], np.sqrt(weights), rcond=None)[0]
    error = np.abs(powers @ found - 1)
    weights *= error / error.max() + 1e-3
    weights /= weights.mean()
fit = np.polynomial.chebyshev.Chebyshev(found, domain=[-1, top]).convert(kind=np.polynomial.Polynomial)
print("\n".join(f"{c:.9g}" for c in fit.coef))
print(f"largest relative error {error.max():.1e}")
