/// The number of elements of a shape that comes from a file; nil if it is negative, overflows, or exceeds `limit`.
///
/// Every shape that is read from a file or computed from its numbers is counted here before memory is allocated for it.
/// Empty axes count as 1, so that the product of any of the sizes is within the limit too.
package func elementCount(of sizes: [Int], limit: Int) -> Int? {
  var count = 1
  for size in sizes {
    guard size >= 0 else { return nil }
    let (product, overflow) = count.multipliedReportingOverflow(by: max(size, 1))
    guard !overflow, product <= limit else { return nil }
    count = product
  }
  return count
}
