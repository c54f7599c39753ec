import Foundation
import SaliencyCore

/// The image of `Tests/Golden/gradient_methods.py`: smooth areas, an edge, and a little noise.
enum GoldenPicture {
  static func image(side: Int = 64) -> Tensor {
    var numbers = GoldenNumbers(seed: 66)
    let noise = numbers.draw([1, side, side, 3])
    return Tensor(shape: noise.shape) { result in
      for i in 0..<result.count {
        let (y, x) = (Double(i / 3 / side) / Double(side), Double(i / 3 % side) / Double(side))
        result[i] = Float(colour(y, x)[i % 3]) + 0.2 * noise[i]
      }
    }
  }

  private static func colour(_ y: Double, _ x: Double) -> [Double] {
    let isInside = (x - 0.4) * (x - 0.4) + (y - 0.6) * (y - 0.6) < 0.07
    return [sin(5 * x + 2 * y), cos(4 * y - x), isInside ? 1 : -0.5]
  }
}
