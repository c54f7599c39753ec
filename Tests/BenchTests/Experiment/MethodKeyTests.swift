import Configuration
import Methods
import SaliencyCore
import Testing

@testable import Bench

/// The keys of results of methods that have got parameters since results were stored.
@Suite struct MethodKeyTests {
  @Test func defaultsOfAddedParametersAreNoPartOfAKey() throws {
    #expect(MethodChoice(GradCAM()).keyText == #"{"method":{"grad-cam":{"counterfactual":false}}}"#)
    #expect(MethodChoice(GuidedBackprop()).keyText == #"{"method":{"guided-backprop":{}}}"#)
    #expect(
      MethodChoice(IntegratedGradients()).keyText
        == #"{"method":{"integrated-gradients":{"baseline":"black","steps":50}}}"#)
    #expect(
      MethodChoice(SmoothGrad(base: GradCAM(), samples: 5)).keyText
        == #"{"method":{"smooth-grad":{"aggregate":"mean","base":{"grad-cam":{"counterfactual":false}},"#
        + #""noise":0.15,"samples":5,"seed":0}}}"#)
  }

  @Test func otherValuesAre() throws {
    let catalog = MethodCatalog.standard
    #expect(
      MethodChoice(try catalog.parse("grad-cam(relu=false)")).keyText
        == #"{"method":{"grad-cam":{"counterfactual":false,"relu":false}}}"#)
    #expect(
      MethodChoice(try catalog.parse("smooth-grad(base=grad-cam(relu=false))")).keyText
        .contains(#""base":{"grad-cam":{"counterfactual":false,"relu":false}}"#))
    var choice = MethodChoice(GradCAM())
    choice.map = MapConvention(resize: .nearest)
    #expect(choice.keyText.contains(#""resize":"nearest""#))
  }
}
