/// The sparse linear system of `LinearImputation` on a grid with a border of one pixel, solved by conjugate gradients.
///
/// Vectors are kept for the whole grid and are 0 where a pixel is known, so that every loop runs straight through memory, eight
/// numbers at a time. Sums run over a row in eight lanes of single precision, and over the rows in double precision.
struct ImputationSystem {
  private typealias Lanes = SIMD8<Float>

  /// The numbers of a row: its pixels, a pixel at each side, and padding to whole lanes.
  let pitch: Int
  let channels: Int
  /// The rows of the grid that hold unknown pixels.
  private let rows: Range<Int>
  /// What is known, and what is guessed; after `solve`, what is found.
  var values: [Float]
  /// 1 for an unknown number, 0 for a known one.
  var isFree: [Float]
  /// The sum of the weights of the neighbours that exist.
  var diagonal: [Float]

  /// - Parameter unknownRows: The rows from the first to the last with an unknown pixel.
  init(height: Int, width: Int, channels: Int, unknownRows: Range<Int>) {
    pitch = ((width + 2) * channels + 7) / 8 * 8
    self.channels = channels
    rows = (unknownRows.lowerBound + 1)..<(unknownRows.upperBound + 1)
    let zeros = [Float](repeating: 0, count: pitch * (height + 2))
    (values, isFree, diagonal) = (zeros, zeros, zeros)
  }

  /// The place of a pixel's first channel.
  func index(_ y: Int, _ x: Int) -> Int { (y + 1) * pitch + (x + 1) * channels }

  /// Iterates until the root mean square residual is at most `limit`.
  ///
  /// - Returns: How many iterations it took.
  mutating func solve(residual limit: Float, unknowns: Int) -> Int {
    let zeros = [Float](repeating: 0, count: values.count)
    var (r, q) = (zeros, zeros)
    _ = apply(to: values, into: &q)
    for i in r.indices { r[i] = -q[i] }
    var p = r
    var power = square(r)
    let target = Double(limit) * Double(limit) * Double(unknowns)
    var iteration = 0
    while power > target, iteration < unknowns {
      let step = Float(power / apply(to: p, into: &q))
      let next = advance(along: p, image: q, residual: &r, by: step)
      turn(&p, towards: r, keeping: Float(next / power))
      power = next
      iteration += 1
    }
    return iteration
  }

  /// q = isFree · (diagonal · a - the weighted sum of a's neighbours), by [1 2 1] down and [1 2 1] along; and a · q.
  private func apply(to a: [Float], into q: inout [Float]) -> Double {
    // A row with room for a pixel on each side.
    let margin = (channels + 7) / 8 * 8
    var line = [Float](repeating: 0, count: pitch + 2 * margin)
    return q.withUnsafeMutableBytes { q in
      a.withUnsafeBytes { a in
        isFree.withUnsafeBytes { isFree in
          diagonal.withUnsafeBytes { diagonal in
            line.withUnsafeMutableBytes { line in
              sumOverRows { row in
                for i in stride(from: row, to: row + pitch, by: 8) {
                  let sum = a.lanes(i - pitch) + 2 * a.lanes(i) + a.lanes(i + pitch)
                  line.store(sum, margin + i - row)
                }
                var dot = Lanes.zero
                for i in stride(from: row, to: row + pitch, by: 8) {
                  let place = margin + i - row
                  let all =
                    line.lanes(place - channels) + 2 * line.lanes(place) + line.lanes(place + channels)
                  let own = a.lanes(i)
                  let result = isFree.lanes(i) * (diagonal.lanes(i) * own - (all - 4 * own) * (1 / 12))
                  q.store(result, i)
                  dot += own * result
                }
                return dot.sum()
              }
            }
          }
        }
      }
    }
  }

  /// values += step · p; r -= step · q; the new r · r.
  private mutating func advance(
    along p: [Float], image q: [Float], residual r: inout [Float], by step: Float
  ) -> Double {
    let (rows, pitch) = (rows, pitch)
    return values.withUnsafeMutableBytes { values in
      r.withUnsafeMutableBytes { r in
        p.withUnsafeBytes { p in
          q.withUnsafeBytes { q in
            Self.sum(over: rows, pitch: pitch) { row in
              var square = Lanes.zero
              for i in stride(from: row, to: row + pitch, by: 8) {
                values.store(values.lanes(i) + step * p.lanes(i), i)
                let residual = r.lanes(i) - step * q.lanes(i)
                r.store(residual, i)
                square += residual * residual
              }
              return square.sum()
            }
          }
        }
      }
    }
  }

  /// p = r + momentum · p.
  private func turn(_ p: inout [Float], towards r: [Float], keeping momentum: Float) {
    p.withUnsafeMutableBytes { p in
      r.withUnsafeBytes { r in
        for i in stride(from: rows.lowerBound * pitch, to: rows.upperBound * pitch, by: 8) {
          p.store(r.lanes(i) + momentum * p.lanes(i), i)
        }
      }
    }
  }

  private func square(_ a: [Float]) -> Double {
    a.withUnsafeBytes { a in
      sumOverRows { row in
        var square = Lanes.zero
        for i in stride(from: row, to: row + pitch, by: 8) { square += a.lanes(i) * a.lanes(i) }
        return square.sum()
      }
    }
  }

  private func sumOverRows(_ body: (_ start: Int) -> Float) -> Double {
    Self.sum(over: rows, pitch: pitch, body)
  }

  private static func sum(over rows: Range<Int>, pitch: Int, _ body: (_ start: Int) -> Float) -> Double {
    rows.reduce(0) { $0 + Double(body($1 * pitch)) }
  }
}

extension UnsafeRawBufferPointer {
  @inline(__always)
  fileprivate func lanes(_ index: Int) -> SIMD8<Float> {
    loadUnaligned(fromByteOffset: index * 4, as: SIMD8<Float>.self)
  }
}

extension UnsafeMutableRawBufferPointer {
  @inline(__always)
  fileprivate func lanes(_ index: Int) -> SIMD8<Float> {
    loadUnaligned(fromByteOffset: index * 4, as: SIMD8<Float>.self)
  }

  @inline(__always)
  fileprivate func store(_ value: SIMD8<Float>, _ index: Int) {
    storeBytes(of: value, toByteOffset: index * 4, as: SIMD8<Float>.self)
  }
}
