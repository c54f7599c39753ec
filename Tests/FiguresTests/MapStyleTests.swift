import Configuration
import Figures
import Imaging
import SaliencyCore
import Testing

/// Every place that draws a method's maps takes its style from here: the command line, the report, figures of papers.
@Suite struct MapStyleTests {
  private struct Coarse: SaliencyMethod {
    static let descriptor = MethodDescriptor("coarse", title: "Coarse", family: .perturbation, paper: "")
    func attribution(for request: AttributionRequest) throws -> Attribution { Attribution(request.inputs) }
  }

  private struct Control: SaliencyMethod {
    static let descriptor = MethodDescriptor("control", title: "Control", family: .control, paper: "")
    func attribution(for request: AttributionRequest) throws -> Attribution { Attribution(request.inputs) }
  }

  private struct Pixels: SaliencyMethod {
    static let descriptor = MethodDescriptor("pixels", title: "Pixels", family: .gradient, paper: "")
    func attribution(for request: AttributionRequest) throws -> Attribution { Attribution(request.inputs) }
  }

  @Test func coarseMapsAreHeatmapsAndPixelMapsAreNot() {
    for method in [Coarse(), Control()] as [any SaliencyMethod] {
      #expect(MapStyle(for: method) == .heatmap)
      #expect(MapStyle(overlaying: method) == .heatmap)
    }
    #expect(MapStyle(for: Pixels(), reduction: .maxAbs) == .magnitude)
    #expect(MapStyle(for: Pixels(), reduction: .sum) == .signed)
  }

  @Test func aPixelMapOverItsImageIsTransparent() {
    #expect(MapStyle(overlaying: Pixels(), reduction: .maxAbs).opacity == .proportional(0.9))
    #expect(MapStyle(overlaying: Pixels(), reduction: .sum).opacity == .constant(0.7))
  }

  @Test func choicesOfTheUser() {
    let heatmap = MapStyle.heatmap.changed(colors: .viridis, opacity: 0.2)
    #expect(heatmap.colorMap == .viridis && heatmap.opacity == .constant(0.2))
    #expect(MapStyle.signed.changed(colors: .viridis) == .signed, "colours with a sign have a middle")
    #expect(MapStyle.magnitude.changed(colors: nil, opacity: 0.2).opacity == nil)
    let overlay = MapStyle(overlaying: Pixels(), reduction: .maxAbs).changed(colors: nil, opacity: 0.4)
    #expect(overlay.opacity == .proportional(0.4))
  }
}
