import Methods
import SaliencyCore
import TestSupport
import Testing

@Suite struct LayerCAMTests {
  /// Positive gradients only: (1 + 0, 0 + 1, 0 + 0, 2 + 0).
  @Test func byHand() throws { #expect(try WorkedExample.values(LayerCAM()) == [1, 1, 0, 2]) }
}
