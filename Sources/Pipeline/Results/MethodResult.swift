internal import Configuration
public import SaliencyCore

/// The result of one method for one image and target: an attribution or an error, its time, and its passes.
public struct MethodResult: Sendable {
  /// The method with its parameters.
  public let method: any SaliencyMethod
  /// What is explained of a class.
  public let score: ScoreKind
  /// The attribution, or why there is none.
  public let outcome: Result<Attribution, MapError>
  /// The time of the method, in seconds, without the forward pass that all methods share.
  public let seconds: Double
  /// The forward and backward passes of the method alone.
  public let passes: Passes

  /// Applies a method.
  init(of method: any SaliencyMethod, for request: AttributionRequest) {
    let metered = request.metered()
    let clock = ContinuousClock()
    let start = clock.now
    self.method = method
    score = request.score
    do {
      outcome = .success(try method.attribution(for: metered))
    } catch MethodError.unsuitable(let method, let model, let reason) {
      let error = MethodError.unsuitable(method: method, model: model, reason: reason)
      outcome = .failure(MapError(description: ErrorText.sentence(error), reason: reason))
    } catch {
      outcome = .failure(MapError(description: ErrorText.sentence(error)))
    }
    seconds = (clock.now - start).seconds
    passes = metered.passes
  }

  /// The method's descriptor.
  public var descriptor: MethodDescriptor { type(of: method).descriptor }

  /// The method's title, with the parameters that differ from the paper's: `SmoothGrad (samples=25)`.
  public var title: String {
    let name = descriptor.identifier
    let label = method.label
    guard label != name else { return descriptor.title }
    return descriptor.title + " " + label.dropFirst(name.count)
  }

  /// The map at the resolution of the method.
  ///
  /// - Parameter reduction: How channels become one number; by default as the method says.
  /// - Throws: Why there is no map, or why it shows nothing: all zero, constant, not finite.
  public func map(reduction: ChannelReduction? = nil) throws(MapError) -> SaliencyMap {
    try map(MapConvention(reduction: reduction), size: nil)
  }

  /// The map by a convention: at the size of the input, or at the resolution of the method if the convention is that of the papers.
  ///
  /// - Throws: Why there is no map, or why it shows nothing: all zero, constant, not finite.
  public func map(
    _ convention: MapConvention, size: (height: Int, width: Int)?
  ) throws(MapError) -> SaliencyMap {
    let attribution = try outcome.get()
    let own = SaliencyMap(attribution, reduction: convention.reduction ?? method.reduction)
    if let defect = own.defect {
      throw MapError(description: "\(descriptor.title): the map is \(defect.rawValue) and shows nothing")
    }
    guard !convention.isPlain, let size else { return own }
    return convention.map(of: attribution, by: method, height: size.height, width: size.width)
  }

  /// The error of ``map(_:size:)``; nil if there is a map.
  func mapError(_ convention: MapConvention) -> MapError? {
    do throws(MapError) {
      _ = try map(convention, size: nil)
      return nil
    } catch { return error }
  }

  /// Every parameter by name.
  var parameters: [(String, ParameterTree)] {
    guard case .map(let named) = method.configuration, case .map(let found)? = named.values.first else {
      return []
    }
    return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}

/// Why there is no map.
public struct MapError: Error, Equatable, CustomStringConvertible {
  /// The sentence, with the names of the method and the model.
  public let description: String
  /// The sentence for a place that names the method and the model already.
  public let reason: String

  package init(description: String, reason: String? = nil) {
    self.description = description
    self.reason = reason ?? description
  }
}

extension Duration {
  /// The duration in seconds.
  package var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
