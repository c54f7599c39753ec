internal import Imaging
internal import SaliencyCore

/// The model, image, class, method and drawing of one cell of a figure.
///
/// The experiment, the figure, a row, or a column may set each property; the innermost wins. A property that is set nowhere has
/// its default (the top class, the map at its own resolution) or is an error (the method).
struct Setting: Sendable {
  var model: ModelChoice?
  /// The name of an image of the experiment.
  var image: String?
  var target: TargetChoice?
  var method: MethodChoice?
  var layer: String?
  var score: ScoreKind?
  var reduction: ChannelReduction?
  /// Layers with randomised weights.
  var randomised: [String]?
  var show: Show?
  var enlargement: Enlargement?
  var colormap: ColorMap?
  /// The share of the map's maximum from which a pixel belongs to a box or a region.
  var threshold: Float?
  /// The label of the annotated object that metrics read in place of the objects of the class; `others` for the objects of all
  /// other classes.
  var object: String?
  /// The text below a cell.
  var note: Template?
  /// The changes that give the setting that the map is compared with; empty for none.
  var against: [Setting] = []

  /// What is drawn.
  enum Show: String, Sendable, CaseIterable {
    /// The image as the network sees it.
    case picture
    /// The style of the method's family: class activation maps as overlays, others alone.
    case map
    /// The map as an overlay on the image.
    case overlay
    /// The map alone.
    case bare
    /// The image where the map reaches `threshold` of its maximum, dark elsewhere.
    case region
    /// The overlay, with the box of the map and the annotated boxes.
    case boxes
  }

  /// This setting, with the other's values for properties that it does not set.
  func withDefaults(_ other: Setting) -> Setting {
    Setting(
      model: model ?? other.model, image: image ?? other.image, target: target ?? other.target,
      method: method ?? other.method, layer: layer ?? other.layer, score: score ?? other.score,
      reduction: reduction ?? other.reduction, randomised: randomised ?? other.randomised,
      show: show ?? other.show, enlargement: enlargement ?? other.enlargement,
      colormap: colormap ?? other.colormap, threshold: threshold ?? other.threshold,
      object: object ?? other.object, note: note ?? other.note,
      against: against.isEmpty ? other.against : against)
  }

  /// The setting that the map is compared with; nil for none.
  var compared: Setting? {
    guard let change = against.first else { return nil }
    var base = self
    base.against = []
    return change.withDefaults(base)
  }

  /// Everything that the map depends on: equal for settings with the same map.
  var mapKey: String {
    [
      model.map { "\($0.model) \($0.layer ?? "")" } ?? "", image ?? "", target?.description ?? "",
      method?.unlabelled ?? "", layer ?? "", score?.rawValue ?? "", reduction?.rawValue ?? "",
      randomised?.joined(separator: ",") ?? "", enlargement?.rawValue ?? "",
    ].joined(separator: "|")
  }

  /// Everything that the request depends on: equal for settings of one model, image and class.
  var requestKey: String {
    [
      model.map { "\($0.model) \($0.layer ?? "")" } ?? "", image ?? "", target?.description ?? "",
      randomised?.joined(separator: ",") ?? "", object ?? "",
    ].joined(separator: "|")
  }

  /// Everything that the drawing depends on.
  var key: String {
    [
      mapKey, show?.rawValue ?? "", colormap?.rawValue ?? "", threshold.map { "\($0)" } ?? "", object ?? "",
      note?.text ?? "", compared?.mapKey ?? "",
    ].joined(separator: "|")
  }
}

extension MethodChoice {
  /// The method with its parameters but without its label, because a sweep changes parameters under one label.
  fileprivate var unlabelled: String {
    var copy = self
    copy.label = nil
    return copy.name
  }
}
