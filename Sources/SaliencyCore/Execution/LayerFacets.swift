/// What passes ask of a layer, found out once, when its node is made.
///
/// To ask whether a layer is of some kind looks up a conformance and copies the layer, which takes longer than some
/// layers take to run; passes ask it of every node.
struct LayerFacets: Sendable {
  /// The layer where its kernel can finish what a chain of layers makes of its results.
  let epilogue: (any EpilogueLayer)?
  /// The layer where its pullback can.
  let epiloguePullback: (any EpiloguePullbackLayer)?
  let parametric: (any ParametricLayer)?
  let norm: BatchNormalization?
  /// A rectifier that begins at 0, as kernels know it.
  let rectifier: ReLU?
  /// Pooling that remembers in a byte where each maximum was.
  let pool: MaxPool2D?
  let isSum: Bool
  /// Whether the layer puts channels side by side.
  let joinsChannels: Bool
  let isAffine: Bool
  /// Whether the way back through the layer reads what it was given or what it made of it: not where its slope is the same
  /// everywhere, nor where gates or winners say all of it.
  let readsValues: Bool

  init(of layer: (any Layer)?) {
    epilogue = layer as? any EpilogueLayer
    epiloguePullback = (layer as? any EpiloguePullbackLayer).flatMap { $0.takesEpilogue ? $0 : nil }
    parametric = layer as? any ParametricLayer
    norm = layer as? BatchNormalization
    rectifier = (layer as? ReLU).flatMap { $0.threshold == 0 ? $0 : nil }
    pool = (layer as? MaxPool2D).flatMap { $0.keepsWinners ? $0 : nil }
    isSum = (layer as? Merge)?.operation == .add
    joinsChannels = (layer as? Concatenate)?.axis == -1
    isAffine = layer?.isAffine ?? true
    readsValues = !isAffine && rectifier == nil && pool == nil
  }
}
