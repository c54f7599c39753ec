public import SaliencyCore

/// The digests that ``MapsFile`` notes: of the program, the network, and the inputs.
///
/// Each may be absent.
public struct MapsProvenance: Sendable {
  /// The digest of the program.
  public var program: String?
  /// The digest of a model.
  public var network: (@Sendable (Model) -> String)?
  /// The digest of preprocessed pixels.
  public var input: (@Sendable (Tensor) -> String)?

  /// - Parameters:
  ///   - program: The digest of the program.
  ///   - network: The digest of a model.
  ///   - input: The digest of preprocessed pixels.
  public init(
    program: String? = nil, network: (@Sendable (Model) -> String)? = nil,
    input: (@Sendable (Tensor) -> String)? = nil
  ) {
    self.program = program
    self.network = network
    self.input = input
  }
}
