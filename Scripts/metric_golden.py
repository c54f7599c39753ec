#!/usr/bin/env python3
"""Writes Tests/BenchTests/Metrics/GoldenStatistics.swift: numbers of SciPy and scikit-image for small patterns.

    python Scripts/metric_golden.py > Tests/BenchTests/Metrics/GoldenStatistics.swift

Made with scipy 1.17.1, scikit-image 0.26.0, numpy 2.4.6.
"""
import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.stats import kendalltau, spearmanr
from skimage.feature import hog
from skimage.metrics import structural_similarity


def pattern(height, width, factor, modulus=1024):
    i = np.arange(height * width, dtype=np.int64)
    return (((i * i * factor + i * 7 + i // width * 13) % modulus) / 1024).reshape(height, width)


a, b = pattern(12, 11, 5, 40).ravel(), pattern(12, 11, 3, 50).ravel()
descriptor = hog(pattern(33, 42, 1))
impulse = np.zeros((11, 11))
impulse[5, 5] = 1
kernel = gaussian_filter(impulse, 5)
ssim = structural_similarity(
    pattern(20, 27, 1), pattern(20, 27, 3), data_range=1, gaussian_weights=True, sigma=1.5,
    use_sample_covariance=False)
weights = ", ".join(f"{w:.12f}" for w in kernel.sum(axis=0))
print(f"""// Written by Scripts/metric_golden.py; do not edit.
enum GoldenStatistics {{
  static let spearman = {spearmanr(a, b).statistic:.12f}
  static let kendall = {kendalltau(a, b).statistic:.12f}
  static let ssim = {ssim:.12f}
  static let hogCount = {descriptor.size}
  static let hogSum = {descriptor.sum():.9f}
  static let hogWeighted = {(descriptor * (np.arange(descriptor.size) % 17)).sum():.9f}
  /// scipy.ndimage.gaussian_filter of a unit impulse of 11 x 11, sigma 5, summed along one axis.
  static let insertionKernel = [
    {weights}
  ]
}}""")
