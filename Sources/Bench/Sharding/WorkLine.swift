internal import SaliencyCore

/// All units of an experiment in one order on a line, each as long as it costs; shards are equal pieces of the line.
///
/// Images come in a drawn order, so that every piece is a fair sample of the data; behind each image, its models, targets and methods
/// stay together, because they share the image, the forward pass and what metrics have in common. A unit belongs to the piece that
/// its middle lies in. So every unit is in exactly one of N pieces, whatever N; pieces differ by less than the longest unit; a piece
/// of N is the union of k pieces of kN; and no piece depends on anything but the experiment.
struct WorkLine: Sendable {
  /// A request with the methods of it that a shard asks: neighbours on the line, so a range.
  struct Share: Sendable, Equatable {
    let place: RequestPlace
    let methods: Range<Int>
  }

  private struct Segment {
    let place: RequestPlace
    let start: Int
    /// The place of its lengths in `lengths`, which equal requests share.
    let kind: Int
  }

  private var segments: [Segment] = []
  private var lengths: [[Int]] = []
  private(set) var total = 0

  /// A line of requests, each with the lengths of its units.
  init(_ requests: some Sequence<(place: RequestPlace, lengths: [Int])>) {
    var kinds: [[Int]: Int] = [:]
    for (place, units) in requests {
      let kind = kinds[units] ?? lengths.count
      if kind == lengths.count {
        kinds[units] = kind
        lengths.append(units)
      }
      segments.append(Segment(place: place, start: total, kind: kind))
      total += units.reduce(0, +)
    }
  }

  /// How many units there are.
  var unitCount: Int { segments.reduce(0) { $0 + lengths[$1.kind].count } }

  /// The units of a shard, in the order of the line.
  func shares(of shard: Shard) -> [Share] {
    var found: [Share] = []
    for segment in segments {
      let units = lengths[segment.kind]
      var (start, first, last) = (segment.start, units.count, 0)
      for (method, length) in units.enumerated() {
        if piece(middleTwice: 2 * start + length, of: shard.count) == shard.index {
          first = min(first, method)
          last = method + 1
        }
        start += length
      }
      if first < last { found.append(Share(place: segment.place, methods: first..<last)) }
    }
    return found
  }

  /// How long the units of each of N shards are together, and how many they are.
  func loads(of count: Int) -> [(length: Int, units: Int)] {
    var loads = Array(repeating: (length: 0, units: 0), count: count)
    for segment in segments {
      var start = segment.start
      for length in lengths[segment.kind] {
        let piece = piece(middleTwice: 2 * start + length, of: count)
        loads[piece - 1].length += length
        loads[piece - 1].units += 1
        start += length
      }
    }
    return loads
  }

  /// The longest unit: what two shards may differ by.
  var longest: Int { lengths.joined().max() ?? 0 }

  /// Which of `count` pieces a point lies in, from 1, in exact arithmetic.
  private func piece(middleTwice: Int, of count: Int) -> Int {
    let whole = UInt128(2 * max(total, 1))
    return min(Int(UInt128(middleTwice) * UInt128(count) / whole) + 1, count)
  }
}
