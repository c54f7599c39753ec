internal import Configuration
internal import Foundation
package import SaliencyCore

extension Model {
  /// A digest of everything that decides what the network computes: layers, their settings, how they are connected, weights,
  /// and which nodes are asked.
  ///
  /// The same file gives the same digest wherever it lies; one weight changed in its last bit gives another.
  package var fingerprint: Digest {
    Digest { feed in
      feed.add("model")
      feed.add(count: input.index)
      feed.add(count: output.index)
      feed.add(count: score.index)
      feed.add(black.map { "\($0)" } ?? "")
      for node in graph.nodes {
        feed.add(node.name)
        feed.add("\(node.shape)")
        feed.add(count: node.inputs.count)
        for source in node.inputs { feed.add(count: source.index) }
        // A layer's description names its type and its settings; tensors show their shape alone.
        feed.add(node.layer.map { "\($0)" } ?? "input")
        // The digest of a toolkit's layer needs no version: a result's key has the toolkit's.
        if let layer = node.layer, !Toolkit.declares(type(of: layer)) { feed.add(CodeVersion.program) }
        guard let layer = node.layer as? any ParametricLayer else { continue }
        for parameter in layer.parameters {
          feed.add(parameter.name)
          feed.add(parameter.value)
        }
      }
    }
  }
}
