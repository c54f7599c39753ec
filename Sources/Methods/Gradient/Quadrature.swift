internal import Foundation

/// Where and with which weights a path is sampled to integrate along it.
public enum Quadrature: String, Sendable, Codable, CaseIterable {
  /// The middles of n equal steps.
  case midpoint
  /// The Gauss-Legendre rule of n points: Captum's default.
  case gaussLegendre = "gauss-legendre"
  /// The beginnings of n equal steps, the baseline among them: iNNvestigate.
  case left
  /// The ends of n equal steps, the image among them: zennit.
  case right
  /// The trapezoidal rule on n points, both ends among them: xplique.
  case trapezoid
  /// As `trapezoid`, with steps of 1/n in place of 1/(n - 1), so that the weights sum to 1 - 1/n: Captum's `riemann_trapezoid`.
  case trapezoidCaptum = "trapezoid-captum"
  /// The mean over n points, both ends among them: PAIR, tf-explain.
  case inclusiveMean = "inclusive-mean"

  /// The positions, from 0 at the baseline to 1 at the image, and the weights in multiples of 1/n.
  func nodes(_ n: Int) -> [(position: Float, weight: Float)] {
    let ends = Float(Swift.max(n - 1, 1))
    func isEnd(_ j: Int) -> Bool { n > 1 && (j == 0 || j == n - 1) }
    switch self {
    case .midpoint: return (0..<n).map { ((Float($0) + 0.5) / Float(n), 1) }
    case .left: return (0..<n).map { (Float($0) / Float(n), 1) }
    case .right: return (0..<n).map { (Float($0 + 1) / Float(n), 1) }
    case .inclusiveMean: return (0..<n).map { (Float($0) / ends, 1) }
    case .trapezoidCaptum: return (0..<n).map { (Float($0) / ends, isEnd($0) ? 0.5 : 1) }
    case .trapezoid:
      return (0..<n).map { (Float($0) / ends, (isEnd($0) ? 0.5 : 1) * Float(n) / ends) }
    case .gaussLegendre:
      return Self.legendre(n).map { (Float(($0.node + 1) / 2), Float($0.weight * Double(n) / 2)) }
    }
  }

  /// The roots of the Legendre polynomial of degree n by Newton's method, and the weights of the rule on [-1, 1].
  private static func legendre(_ n: Int) -> [(node: Double, weight: Double)] {
    (0..<n).map { i in
      var x = -cos(.pi * (Double(i) + 0.75) / (Double(n) + 0.5))
      var slope = 1.0
      for _ in 0..<100 {
        var (value, before) = (1.0, 0.0)
        for k in 1...n {
          (value, before) = (((2 * Double(k) - 1) * x * value - (Double(k) - 1) * before) / Double(k), value)
        }
        slope = Double(n) * (x * value - before) / (x * x - 1)
        let step = value / slope
        x -= step
        if abs(step) < 1e-15 { break }
      }
      return (x, 2 / ((1 - x * x) * slope * slope))
    }
  }
}
