internal import Configuration
internal import SaliencyCore

/// One method's answer to a request about one image, or why it has none, and what it took.
struct MethodAnswer {
  let method: any SaliencyMethod
  /// The answer; a message where the method does not suit the model.
  let outcome: Result<Attribution, AnswerError>
  let seconds: Double
  /// The passes made for it alone: the forward pass that all methods share is not among them.
  let passes: Passes

  /// Asks a method.
  init(of method: any SaliencyMethod, to request: AttributionRequest) {
    let asked = request.metered()
    let clock = ContinuousClock()
    let start = clock.now
    self.method = method
    do {
      outcome = .success(try method.attribution(for: asked))
    } catch MethodError.unsuitable(let method, let model, let reason) {
      let error = MethodError.unsuitable(method: method, model: model, reason: reason)
      outcome = .failure(AnswerError(description: Failure.sentence(error), reason: reason))
    } catch {
      outcome = .failure(AnswerError(description: Failure.sentence(error)))
    }
    seconds = (clock.now - start).seconds
    passes = asked.passes
  }

  var descriptor: MethodDescriptor { type(of: method).descriptor }

  /// The title, with the parameters that differ from the paper's: `SmoothGrad (samples=25)`.
  var title: String {
    let name = descriptor.identifier
    let label = method.label
    guard label != name else { return descriptor.title }
    return descriptor.title + " " + label.dropFirst(name.count)
  }

  /// The map at the resolution the method works at.
  ///
  /// - Parameter reduction: How channels become one number; the method's own way by default.
  /// - Throws: Why there is none, or why it means nothing: all zero, constant, not finite.
  func map(reduction: ChannelReduction? = nil) throws(AnswerError) -> SaliencyMap {
    let map = SaliencyMap(try outcome.get(), reduction: reduction ?? method.reduction)
    if let defect = map.defect {
      throw AnswerError(description: "\(descriptor.title): the map is \(defect.rawValue) and shows nothing")
    }
    return map
  }

  /// The map, or why there is none that means anything.
  func mapped(reduction: ChannelReduction? = nil) -> Result<SaliencyMap, AnswerError> {
    Result { () throws(AnswerError) in try map(reduction: reduction) }
  }
}

extension Result where Failure == AnswerError {
  /// Why there is no map that means anything.
  var reason: AnswerError? {
    if case .failure(let error) = self { error } else { nil }
  }
}

/// Why there is no map.
struct AnswerError: Error, Equatable, CustomStringConvertible {
  let description: String
  /// The same for a place where method and model are named already.
  let reason: String

  init(description: String, reason: String? = nil) {
    self.description = description
    self.reason = reason ?? description
  }
}
