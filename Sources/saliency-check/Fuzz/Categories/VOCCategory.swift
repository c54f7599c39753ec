import Foundation
import Imaging
internal import Metrics

/// Pascal VOC annotations with damaged text, in a small run.
struct VOCCategory: FuzzCategory {
  static let name = "voc"
  static let about = "text of VOC XML annotations"
  static let weight = 20
  private let files: [(name: String, bytes: [UInt8])]
  private let segmentation: Data
  private let damage = TextDamage(
    words: [
      "&amp;", "&lt;", "&#0;", "&#x110000;", "&nothing;", "<", ">", "</object>", "<object>", "<part>",
      "<![CDATA[", "]]>", "<!--",
      "-->", "<?x?>", "xmin", "bndbox", "x:y", "\u{E9}", "xmlns=\"\"",
    ], texts: Self.hostile)

  private static let annotation = """
    <annotation><folder>VOC2012</folder><filename>two-000.png</filename>
    <source><database>scenes &amp; more</database></source>
    <size><width>96</width><height>96</height><depth>3</depth></size><segmented>1</segmented>
    <object><name>striped disc</name><pose>Left</pose><truncated>0</truncated><difficult>0</difficult>
     <bndbox><xmin>10</xmin><ymin>20</ymin><xmax>40.5</xmax><ymax>44</ymax></bndbox>
     <part><name>rim</name><bndbox><xmin>9</xmin><ymin>9</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></part></object>
    <object><name>spotted square</name><difficult>1</difficult>
     <bndbox><xmin>50</xmin><ymin>50</ymin><xmax>90</xmax><ymax>80</ymax></bndbox></object></annotation>
    """

  private static let hostile = [
    "", "<", "<a/>", "<annotation/>", "<annotation><object/></annotation>", "no XML at all",
    (0..<10).reduce("<!DOCTYPE a [<!ENTITY e0 \"xxxxxxxxxx\">") { text, n in
      text + "<!ENTITY e\(n + 1) \"" + String(repeating: "&e\(n);", count: 10) + "\">"
    } + "]><annotation><filename>&e10;</filename></annotation>",
    "<!DOCTYPE a [<!ENTITY e SYSTEM \"/etc/passwd\">]><annotation><filename>&e;</filename></annotation>",
    "<!DOCTYPE a [<!ENTITY e SYSTEM \"/dev/zero\">]><annotation><filename>&e;</filename></annotation>",
    "<!DOCTYPE a SYSTEM \"http://127.0.0.1:9/x.dtd\"><annotation/>",
    "<?xml version=\"1.0\" encoding=\"utf-99\"?><annotation/>",
    "<?xml version=\"1.0\" encoding=\"UTF-16\"?><annotation/>",
    String(repeating: "<a>", count: 20_000),
    "<annotation " + String(repeating: "a", count: 200_000) + "=\"\"/>",
    "<annotation>" + String(repeating: "<object>", count: 500) + String(repeating: "</object>", count: 500)
      + "</annotation>",
  ]

  init?(_ material: FuzzMaterial) throws {
    files =
      [(name: "built-in", bytes: Array(Self.annotation.utf8))]
      + material.files("xml").map { (name: $0.name, bytes: $0.bytes) }
    let colors = [RGB(0, 0, 0), RGB(128, 0, 0), RGB(0, 128, 0)]
    segmentation = try Image(width: 96, height: 96) { row, column in colors[row / 40 * column / 60 % 3] }
      .pngData()
  }

  func mutant(_ number: Int, _ random: inout MutantRandom, in folder: String) throws -> Mutant {
    let file = files[number % files.count]
    let (text, change) =
      random.once(in: 4)
      ? (ByteDamage().apply(to: file.bytes, &random), "bytes") : damage.apply(to: file.bytes, &random)
    for inner in ["Annotations", "Segmentation"] {
      try FileManager.default.createDirectory(atPath: "\(folder)/\(inner)", withIntermediateDirectories: true)
    }
    try text.write(to: folder + "/Annotations/two-000.xml")
    try segmentation.write(to: URL(fileURLWithPath: folder + "/Segmentation/two-000.png"))
    let images = FuzzMaterial.packaged("Data/scenes/test/images")
    return try Mutant(
      change: "\(file.name): \(change)",
      command: AnnotationRun.command(
        images: "{ voc: Annotations, images: '\(images)', segmentation: Segmentation }", in: folder, &random))
  }
}
