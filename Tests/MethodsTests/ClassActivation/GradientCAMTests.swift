import Configuration
import SaliencyCore
import TestSupport
import Testing

@testable import Methods

/// Eigen-, Eigen-Grad-, element-wise, Smooth Grad-CAM++, Finer-CAM and FEM.
@Suite struct GradientCAMTests {
  /// g · A: map 0 is 1 -2 0 2, map 1 is 0 1 -6 0.
  @Test func elementwiseByHand() throws {
    #expect(try WorkedExample.values(ElementwiseGradCAM()) == [1, 1, 0, 2])
  }

  /// One map is its own component; of two equal ones the component is longer by the root of two.
  @Test func componentsByHand() throws {
    let one = Tensor(shape: [1, 1, 3, 1], scalars: [1, 2, 3])
    #expect(
      WorkedExample.isNear(
        try PrincipalComponent.projection(of: one, isCentred: false).scalars, [1, 2, 3], within: 1e-5))
    #expect(
      WorkedExample.isNear(
        try PrincipalComponent.projection(of: one, isCentred: true).scalars, [-1, 0, 1], within: 1e-5))
    let two = Tensor(shape: [1, 1, 3, 2], scalars: [1, 1, 2, 2, 3, 3])
    let root = Float(2).squareRoot()
    #expect(
      WorkedExample.isNear(
        try PrincipalComponent.projection(of: two, isCentred: false).scalars, [root, 2 * root, 3 * root],
        within: 1e-5))
  }

  /// The sign of pytorch-grad-cam is arbitrary.
  @Test func pytorchGradCAM() throws {
    let request = try GoldenNetwork.request()
    let (maps, gradients) = try request.layerGradient(for: "test")
    for (name, values) in [("eigen-cam", maps), ("eigen-grad-cam", maps * gradients)] {
      let found = try PrincipalComponent.projection(of: values, isCentred: true).scalars
      let expected = try #require(try GoldenNetwork.results("perturbation_methods")[name + " centred"])
      let agreement = zip(found, expected).reduce(0) { $0 + Double($1.0) * $1.1 }
      #expect(try GoldenNetwork.agrees(agreement < 0 ? found.map { -$0 } : found, name + " centred"))
    }
    #expect(try GoldenNetwork.agrees(ElementwiseGradCAM(), "grad-cam-elementwise"))
    #expect(try GoldenNetwork.agrees(FEM(deviations: 2, weighting: .coverage), "fem coverage"))
  }

  @Test func formulas() throws {
    #expect(try GoldenNetwork.agrees(FEM(deviations: 1.5), "fem"))
    #expect(try GoldenNetwork.agrees(FinerCAM(base: GradCAM(), alpha: 0.6), "finer-cam"))
  }

  /// The two classes have opposite gradients: y_0 - y_1 = 2 y_0.
  @Test func finerByHand() throws {
    #expect(try WorkedExample.values(FinerCAM()) == [2, 3, 0, 2])
    #expect(throws: (any Error).self) { try MethodCatalog.standard.parse("finer-cam(base=gradient)") }
    #expect((try? MethodCatalog.standard.parse("finer-cam(base=layer-cam)")) != nil)
  }

  /// Without noise, the means are the derivatives: Grad-CAM++.
  @Test func smoothWithoutNoise() throws {
    let request = try GoldenNetwork.request()
    let smooth = try SmoothGradCAMPlusPlus(samples: 2, noise: 0).attribution(for: request).values
    let plain = try GradCAMPlusPlus().attribution(for: request).values
    #expect(smooth.relativeError(to: plain) < 1e-5)
    // The head of that network is linear: noise does not change its gradients.
    let model = try TinyNetworks.vgg()
    let vgg = try AttributionRequest(model, inputs: TinyNetworks.images(for: model, count: 1))
    let noisy = try SmoothGradCAMPlusPlus(samples: 4, noise: 1).attribution(for: vgg).values
    let other = try SmoothGradCAMPlusPlus(samples: 4, noise: 1, seed: 1).attribution(for: vgg).values
    #expect(noisy != other)
  }

  /// Map 0 has mean 1 and deviation 0.71, map 1 has mean 1 and deviation 1.22: at one deviation 2 and 3 are strong.
  @Test func femByHand() throws { #expect(try WorkedExample.values(FEM(deviations: 1)) == [0, 1, 1, 0]) }
}
