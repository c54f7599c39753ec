internal import Imaging
internal import SaliencyCore

/// What one place of a figure is about.
///
/// Each part may be said by the experiment, the figure, a row, or a column; the innermost wins. What nobody says has a
/// default where there is one (the top class, the map as it is), and is missing where there is none (the method).
struct Setting: Sendable {
  var model: ModelChoice?
  /// The name of an image of the experiment.
  var image: String?
  var target: TargetChoice?
  var method: MethodChoice?
  var layer: String?
  var score: ScoreKind?
  var reduction: ChannelReduction?
  /// Layers whose weights are drawn anew.
  var randomised: [String]?
  var show: Show?
  var enlargement: Enlargement?
  var colormap: ColorMap?
  /// The share of the map's maximum from which a pixel belongs to a box or a region.
  var threshold: Float?
  /// The label of the annotated thing that numbers are about, where it is not the object of the class; `others` for the
  /// objects of all other classes.
  var object: String?
  /// What is written below a picture.
  var note: Template?
  /// What the map is compared with: this setting with these changes; empty for nothing.
  var against: [Setting] = []

  /// What is drawn.
  enum Show: String, Sendable, CaseIterable {
    /// The picture as the network sees it.
    case picture
    /// The map as its family is shown: class activation maps over the picture, others alone.
    case map
    /// The map over the picture.
    case overlay
    /// The map alone.
    case bare
    /// The picture where the map reaches `threshold` of its maximum, dark elsewhere.
    case region
    /// The map over the picture, with the box drawn from it and the annotated ones.
    case boxes
  }

  /// This setting where it says something, the other where it does not.
  func over(_ other: Setting) -> Setting {
    Setting(
      model: model ?? other.model, image: image ?? other.image, target: target ?? other.target,
      method: method ?? other.method, layer: layer ?? other.layer, score: score ?? other.score,
      reduction: reduction ?? other.reduction, randomised: randomised ?? other.randomised,
      show: show ?? other.show, enlargement: enlargement ?? other.enlargement,
      colormap: colormap ?? other.colormap, threshold: threshold ?? other.threshold,
      object: object ?? other.object, note: note ?? other.note,
      against: against.isEmpty ? other.against : against)
  }

  /// What the map is compared with, all its parts said; nil for nothing.
  var compared: Setting? {
    guard let change = against.first else { return nil }
    var base = self
    base.against = []
    return change.over(base)
  }

  /// Everything that decides the map: equal for settings whose maps are the same.
  var mapKey: String {
    [
      model.map { "\($0.model) \($0.layer ?? "")" } ?? "", image ?? "", target?.description ?? "",
      method?.deciding ?? "", layer ?? "", score?.rawValue ?? "", reduction?.rawValue ?? "",
      randomised?.joined(separator: ",") ?? "", enlargement?.rawValue ?? "",
    ].joined(separator: "|")
  }

  /// Everything that decides what is seen.
  var key: String {
    [
      mapKey, show?.rawValue ?? "", colormap?.rawValue ?? "", threshold.map { "\($0)" } ?? "", object ?? "",
      note?.text ?? "", compared?.mapKey ?? "",
    ].joined(separator: "|")
  }
}

extension MethodChoice {
  /// What decides its map: everything but what it is called, for a sweep changes parameters below one label.
  fileprivate var deciding: String {
    var copy = self
    copy.label = nil
    return copy.name
  }
}
