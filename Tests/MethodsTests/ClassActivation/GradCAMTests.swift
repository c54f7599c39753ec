import Methods
import SaliencyCore
import TestSupport
import Testing

@Suite struct GradCAMTests {
  /// Weights 1 and -1/2: (1, 2 - 1/2, -3/2, 1), and the negative one is cut.
  @Test func byHand() throws { #expect(try WorkedExample.values(GradCAM()) == [1, 1.5, 0, 1]) }

  /// Weights -1 and 1/2: what was negative shows, the rest is cut.
  @Test func theCounterfactualByHand() throws {
    #expect(try WorkedExample.values(GradCAM(counterfactual: true)) == [0, 0, 1.5, 0])
  }

  @Test func theLayerCanBeNamed() throws {
    let model = try TinyNetworks.vgg()
    let images = TinyNetworks.images(for: model, count: 1)
    let early = try AttributionRequest(model, inputs: images, layer: "block1_conv1")
    #expect(try GradCAM().attribution(for: early).values.shape == [1, 8, 8, 1])
    let late = try AttributionRequest(model, inputs: images)
    #expect(try GradCAM().attribution(for: late).values.shape == [1, 4, 4, 1])
  }

  @Test func aLayerThatIsNoMapIsRefused() throws {
    let model = try TinyNetworks.vgg()
    let request = try AttributionRequest(
      model, inputs: TinyNetworks.images(for: model, count: 1), layer: "fc1")
    let error = #expect(throws: MethodError.self) { try GradCAM().attribution(for: request) }
    #expect(
      error?.description
        == "Grad-CAM: layer \"fc1\" has shape (7), wanted (height, width, channels); `saliency inspect` lists the "
        + "layers' shapes")
  }

  @Test func aModelWithoutMapsIsRefused() throws {
    let model = try TinyNetworks.chain(
      [1, 1, 4], [("flatten", Flatten()), ("score", Dense(kernel: Tensor(repeating: 1, shape: [4, 2])))],
      name: "perceptron")
    let request = try AttributionRequest(model, inputs: Tensor(repeating: 1, shape: [1, 1, 1, 4]))
    let error = #expect(throws: MethodError.self) { try GradCAM().attribution(for: request) }
    let sentence =
      "Grad-CAM needs a layer with spatial extent before the score; perceptron has none, so use a gradient method "
      + "such as `gradient`"
    #expect(error?.description == sentence)
    #expect(GradCAM().unsuitability(for: model) == sentence)
  }

  /// One backward pass, and only down to the layer: the layers before it are not passed.
  @Test func thePassStopsAtTheLayer() throws {
    let model = try TinyNetworks.vgg()
    let request = try AttributionRequest(model, inputs: TinyNetworks.images(for: model, count: 1))
    let layer = try #require(request.layer)
    let found = try request.pullback(to: [layer])
    // After block2_conv1 come a max pooling and the ReLU of fc1; before it, two more nonlinear layers.
    #expect(found.nonlinearities == ["MaxPool2D": 1, "ReLU": 1])
  }
}
