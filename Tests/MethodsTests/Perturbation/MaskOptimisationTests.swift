import SaliencyCore
import TestSupport
import Testing

@testable import Methods

/// Meaningful and extremal perturbation.
@Suite struct MaskOptimisationTests {
  @Test func meaningfulPerturbation() throws {
    var method = MeaningfulPerturbation(steps: 15, cell: 3, jitter: 0)
    method.fill = .zero
    #expect(try GoldenNetwork.agrees(method, "meaningful-perturbation"))
  }

  @Test func extremalPerturbation() throws {
    var method = ExtremalPerturbation(area: 0.2, steps: 12, cell: 2, sigma: 3)
    method.fill = .zero
    #expect(try GoldenNetwork.agrees(method, "extremal-perturbation"))
  }

  /// Two cells at a distance of 1/2: 3 · 1/4 each way.
  @Test func variationByHand() {
    let mask = Tensor(shape: [1, 1, 2, 1], scalars: [0, 0.5])
    #expect(MeaningfulPerturbation.variationGradient(mask) == [-0.75, 0.75])
  }

  /// The largest half is to be 1, the rest 0.
  @Test func areaByHand() {
    let mask = Tensor(shape: [1, 1, 4, 1], scalars: [0.5, 1, 0.25, 0])
    let found = ExtremalPerturbation.areaGradient(mask, area: 0.5).scalars
    #expect(found == [-0.25, 0, 0.125, 0])
  }

  /// The gradient through a mask, and through a shift, against a difference.
  @Test func theGradientOfAMask() throws {
    let copies = try ImageCopies(of: 0, in: GoldenNetwork.request())
    let masked = MaskedImage(copies, cover: Tensor(repeating: 0.1, shape: copies.image.shape))
    let mask = GoldenNetwork.numbers([1, 12, 10, 1], 20) * 0.3 + 0.5
    let direction = GoldenNetwork.numbers([1, 12, 10, 1], 21)
    let (_, gradient) = try masked.score(mask, shift: (2, -1))
    let (up, _) = try masked.score(mask + direction * 1e-3, shift: (2, -1))
    let (down, _) = try masked.score(mask - direction * 1e-3, shift: (2, -1))
    let slope = Double(up - down) / 2e-3
    #expect(abs(gradient.dot(direction) - slope) < 1e-2 * abs(slope))
  }
}
