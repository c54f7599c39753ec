internal import Foundation
internal import Imaging
internal import Metrics
internal import ModelLibrary
internal import SaliencyCore

extension OpenRequest {
  /// The first name of the class: `tench` of `tench, Tinca tinca`; a function of classes as it is written.
  var shortClassName: String {
    guard let index = resolved.plainClass else { return resolved.className }
    guard model.model.labels != nil else { return model.model.classCount == 1 ? "output" : "class \(index)" }
    return resolved.className.split(separator: ",").first.map(String.init) ?? resolved.className
  }

  /// The probability of the class; nil if the model does not end in a softmax or sigmoid.
  var probability: Double? { model.model.outputKind == .bare ? nil : resolved.probability }

  /// The image as the network sees it.
  func visibleImage() throws -> Image { try model.transform.picture(of: input) }
}

extension DatasetImage {
  /// The name without its folder and suffix: `one-012`.
  var shortName: String {
    let file = name.split(separator: "/").last ?? Substring(name)
    return file.lastIndex(of: ".").map { String(file[..<$0]) } ?? String(file)
  }

  /// Whether the image has a name, with or without folder and suffix, or matches a pattern with `*`.
  func matches(_ pattern: String) -> Bool {
    if pattern == name || pattern == shortName || pattern == "all" { return true }
    guard pattern.contains("*") else { return false }
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
    var rest = shortName[...]
    guard rest.hasPrefix(parts[0]) else { return false }
    rest = rest.dropFirst(parts[0].count)
    for part in parts.dropFirst().dropLast() {
      guard let place = rest.range(of: part) else { return false }
      rest = rest[place.upperBound...]
    }
    return rest.hasSuffix(parts[parts.count - 1])
  }

  /// The class of a choice for this image.
  ///
  /// - Throws: `SettingError` if the dataset gives no class; `TargetError.ambiguous`.
  func target(_ choice: TargetChoice, _ classes: [String: Int], labels: [String]?) throws -> Target {
    if let target = try choice.target(labels: labels) { return target }
    guard let label = truth, let index = classes[label] else {
      throw SettingError("\(shortName): the data set says no one class of the image that the model has")
    }
    return try choice.target(labels: labels, truth: index)
  }
}

extension Annotations {
  /// Makes the objects of a label the only ones of a class, so that metrics read them; `others` are the objects of all other
  /// classes.
  mutating func isolate(_ label: String, as index: Int) {
    objects = objects.map { object in
      var copy = object
      let isMeant = label == "others" ? object.classIndex != index : object.label == label
      copy.classIndex = isMeant ? index : nil
      return copy
    }
  }
}
