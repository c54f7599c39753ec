import SaliencyCore
import TestSupport
import Testing

@testable import Methods

/// Ablation-, Score-, SS-, IS-, Recipro- and Opti-CAM, which run forward passes from changed maps or images.
@Suite struct ForwardCAMTests {
  // Map 0 adds 1 to the score and map 1 adds -5: -4 in all. The weights are (-4 - -5) / -4 = -1/4 and (-4 - 1) / -4 = 5/4.
  @Test func ablationByHand() throws {
    let values = try WorkedExample.values(AblationCAM())
    #expect(WorkedExample.isNear(values, [0, 0.75, 3.75, 0]))
  }

  /// One position alone: 1, -2 + 1 = -1, -6, 2; from the lowest to the highest.
  @Test func reciproByHand() throws {
    let values = try WorkedExample.values(ReciproCAM(gaussian: false))
    #expect(WorkedExample.isNear(values, [7.0 / 8, 5.0 / 8, 0, 1]))
  }

  @Test func otherToolkitsAndFormulas() throws {
    #expect(try GoldenNetwork.agrees(AblationCAM(), "ablation-cam"))
    #expect(try GoldenNetwork.agrees(ScoreCAM(), "score-cam"))
    #expect(try GoldenNetwork.agrees(IntegratedScoreCAM(samples: 4), "is-cam"))
    #expect(try GoldenNetwork.agrees(ReciproCAM(), "recipro-cam"))
    let found = try OptiCAM(steps: 10).attribution(for: GoldenNetwork.request()).values
    #expect(try GoldenNetwork.agrees(ChannelMasks.stretched(found).scalars, "opti-cam"))
  }

  /// Without noise, SS-CAM is Score-CAM.
  @Test func withoutNoise() throws {
    let request = try GoldenNetwork.request()
    let plain = try ScoreCAM().attribution(for: request).values
    let smooth = try SmoothedScoreCAM(samples: 3, noise: 0).attribution(for: request).values
    #expect(smooth.relativeError(to: plain) < 1e-6)
    let noisy = try SmoothedScoreCAM(samples: 3).attribution(for: request).values
    #expect(noisy.relativeError(to: plain) > 1e-3)
  }

  /// With `top` the maps of least deviation have no weight, and the passes are fewer.
  @Test func topMaps() throws {
    let request = try GoldenNetwork.request().metered()
    let all = try ScoreCAM(top: 6).attribution(for: request).values
    #expect(try ScoreCAM(top: 2).attribution(for: request).values != all)
    #expect(request.passes == Passes(forward: 8))
    #expect(all == (try ScoreCAM().attribution(for: request).values))
  }

  /// The gradient through the stretched map moves with its bounds.
  @Test func stretching() {
    let map = GoldenNetwork.numbers([1, 3, 3, 1], 1)
    let gradient = GoldenNetwork.numbers([1, 3, 3, 1], 2)
    let direction = GoldenNetwork.numbers([1, 3, 3, 1], 3)
    let found = OptiCAM.stretchPullback(gradient, at: map).dot(direction)
    let up = ChannelMasks.stretched(map + direction * 1e-3).dot(gradient)
    let down = ChannelMasks.stretched(map - direction * 1e-3).dot(gradient)
    #expect(abs(found - (up - down) / 2e-3) < 1e-2)
  }
}
