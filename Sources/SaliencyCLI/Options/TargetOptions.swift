internal import ArgumentParser
internal import Pipeline
internal import SaliencyCore

/// What is explained: the targets, the layer, and the output.
struct TargetOptions: ParsableArguments {
  @Option(
    name: [.customShort("t"), .long],
    help: ArgumentHelp(
      "What to explain, separated by commas; may be repeated. A class is its label, its index, top for the top prediction "
        + "(default), top2 for the second, least for the least likely; label:NAME, index:4 and rank:2 are never ambiguous. Put "
        + "double quotes around a label that contains a comma. Other numbers: logit(A), probability(A), nll(A) for -log p, "
        + "difference(A, B), mean(A, B, ...), output(3), and position(y, x, channel) of an output that is a map.",
      valueName: "list"))
  var target: [String] = []

  @Option(
    help: ArgumentHelp(
      "The layer of class activation methods (default: the last one with spatial extent before the head, see "
        + "`saliency inspect`).",
      valueName: "name"))
  var layer: String?

  @Option(
    help: ArgumentHelp(
      "The explained value of a class that is named alone: the logit before the softmax (pre-softmax, default), the model's "
        + "output (output), or -log p (loss).",
      valueName: "value"),
    transform: { try choice($0) })
  var score: ScoreKind?

  /// The targets; the top prediction if none is given.
  var selection: TargetSelection { target.isEmpty ? .top : .texts(target) }
}
