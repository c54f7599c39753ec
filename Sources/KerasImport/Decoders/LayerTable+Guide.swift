/// The table of supported layers, as `Guides/KerasFiles.md` has it.
extension LayerTable {
  /// A Markdown table, one row for each layer, made from the decoders.
  static var guide: String {
    var lines = ["| Layer | Also called | Limits |", "|---|---|---|"]
    for family in families {
      lines.append("| **\(family.name)** | | |")
      let (identities, others) = split(family.decoders)
      lines += others.map(row)
      if !identities.isEmpty {
        let names = identities.map { "`\($0.types[0])`" }.joined(separator: ", ")
        lines.append("| \(names) | | do nothing at inference |")
      }
    }
    return lines.joined(separator: "\n")
  }

  /// Layers that do nothing at inference share a row.
  private static func split(
    _ decoders: [LayerDecoder]
  ) -> (identities: [LayerDecoder], others: [LayerDecoder]) {
    let names = Set(PreprocessingDecoders.identities.map { $0.types[0] })
    return (
      decoders.filter { names.contains($0.types[0]) }, decoders.filter { !names.contains($0.types[0]) }
    )
  }

  private static func row(_ decoder: LayerDecoder) -> String {
    let aliases = decoder.types.dropFirst().map { "`\($0)`" }.joined(separator: ", ")
    let cells = [
      "`\(decoder.types[0])`", aliases, decoder.limits,
    ]
    return "| " + cells.joined(separator: " | ") + " |"
  }
}
