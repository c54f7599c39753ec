internal import Foundation
internal import Imaging
internal import Metrics
internal import ModelLibrary
internal import SaliencyCore

/// A request about one picture and one class, with what figures say of it.
struct Request {
  let request: AttributionRequest
  let loaded: LoadedModel
  let image: DatasetImage
  /// As the network sees it.
  let picture: Image
  let annotations: Annotations?

  /// The class that is explained; nil if the target is not one class.
  var target: Int? { request.targets[0].classIndex }

  /// The first of the class's names: `tench` of `tench, Tinca tinca`; a function of classes as it is written.
  var className: String {
    guard request.targets[0].isPlainClass, let target else {
      return request.targets[0].text(labels: loaded.model.labels)
    }
    let name = loaded.className(target)
    return loaded.model.labels == nil ? name : name.split(separator: ",").first.map(String.init) ?? name
  }

  /// The probability of the class; nil where the model ends in scores.
  var probability: Float? { request.probabilities?[0] }
}

extension DatasetImage {
  /// The name without its folder and suffix: `one-012`.
  var shortName: String {
    let file = name.split(separator: "/").last ?? Substring(name)
    return file.lastIndex(of: ".").map { String(file[..<$0]) } ?? String(file)
  }

  /// Whether the image is meant by a name, with or without folder and suffix, or by a pattern with `*`.
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

  /// The model's class that a choice means for this image.
  ///
  /// - Throws: `SettingError` if the data set says no class; `TargetError.ambiguous`.
  func target(_ choice: TargetChoice, _ classes: [String: Int], labels: [String]?) throws -> Target {
    if let target = try choice.target(labels: labels) { return target }
    guard let label = truth, let index = classes[label] else {
      throw SettingError("\(shortName): the data set says no one class of the image that the model has")
    }
    return try choice.target(labels: labels, truth: index)
  }
}

extension Annotations {
  /// Makes the things of a label the only ones of a class, so that metrics are about them; `others` are those of every
  /// other class.
  mutating func isolate(_ label: String, as index: Int) {
    objects = objects.map { object in
      var copy = object
      let isMeant = label == "others" ? object.classIndex != index : object.label == label
      copy.classIndex = isMeant ? index : nil
      return copy
    }
  }
}
