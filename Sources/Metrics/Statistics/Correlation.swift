/// How two lists of numbers go together.
public enum Correlation {
  /// Pearson's correlation coefficient; nil if one list is constant.
  public static func pearson(_ x: [Double], _ y: [Double]) -> Double? {
    precondition(x.count == y.count, "\(x.count) and \(y.count) numbers")
    guard isVaried(x), isVaried(y) else { return nil }
    let (centreX, centreY) = (Moments(x).mean, Moments(y).mean)
    var (xy, xx, yy) = (0.0, 0.0, 0.0)
    for i in x.indices {
      let (a, b) = (x[i] - centreX, y[i] - centreY)
      xy += a * b
      xx += a * a
      yy += b * b
    }
    let scale = (xx * yy).squareRoot()
    return scale > 0 ? min(max(xy / scale, -1), 1) : nil
  }

  /// Spearman's rank correlation, ties getting the mean of their ranks; nil if one list is constant.
  public static func spearman(_ x: [Float], _ y: [Float]) -> Double? { pearson(ranks(x), ranks(y)) }

  /// The rank of each number from 1, ties getting the mean of theirs.
  public static func ranks(_ values: [Float]) -> [Double] {
    let order = descendingOrder(of: values)
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      // Positions count from the largest number, ranks from the smallest.
      let rank = Double(values.count) - Double(start + end - 1) / 2
      for i in order[start..<end] { ranks[i] = rank }
      start = end
    }
    return ranks
  }

  /// Kendall's tau-b: concordant less discordant pairs, over the geometric mean of the pairs not tied in x and in y; nil
  /// where one list is constant.
  ///
  /// - Complexity: the square of the number of values; meant for tables.
  public static func kendallTauB(_ x: [Double], _ y: [Double]) -> Double? {
    precondition(x.count == y.count, "\(x.count) and \(y.count) numbers")
    var (difference, untiedX, untiedY) = (0, 0, 0)
    for i in x.indices {
      for j in 0..<i {
        let (a, b) = ((x[i] - x[j]).signOrZero, (y[i] - y[j]).signOrZero)
        difference += a * b
        untiedX += abs(a)
        untiedY += abs(b)
      }
    }
    guard untiedX > 0, untiedY > 0 else { return nil }
    return Double(difference) / (Double(untiedX) * Double(untiedY)).squareRoot()
  }

  private static func isVaried(_ values: [Double]) -> Bool {
    guard let first = values.first else { return false }
    return values.contains { $0 != first }
  }
}

extension Double {
  fileprivate var signOrZero: Int { self > 0 ? 1 : (self < 0 ? -1 : 0) }
}
