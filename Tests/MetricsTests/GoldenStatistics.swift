// Written by Scripts/metric_golden.py; do not edit.
enum GoldenStatistics {
  static let spearman = -0.071231019219
  static let kendall = -0.043501166791
  static let ssim = 0.022082405817
  static let hogCount = 486
  static let hogSum = 50.391027913
  static let hogWeighted = 404.006117373
  /// scipy.ndimage.gaussian_filter of a unit impulse of 11 x 11, sigma 5, summed along one axis.
  static let insertionKernel = [
    0.087958145777, 0.088896119777, 0.090474196549, 0.092191117819, 0.093489388443, 0.093982063268,
    0.093489388443, 0.092191117819, 0.090474196549, 0.088896119777, 0.087958145777,
  ]
}
