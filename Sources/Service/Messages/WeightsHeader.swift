/// The second frame of a weight message; the third holds safetensors bytes, see ``ModelWeights``.
public struct WeightsHeader: Codable, Equatable, Sendable {
  public enum Kind: String, Codable, Sendable {
    /// All weights.
    case full
    /// The new contents of the rows that changed since `base_seq`.
    case delta
  }

  public var v = 1
  public var model: String
  /// Changes with every start of the engine; the numbers below count from there.
  public var engine: String
  public var kind: Kind
  /// Number of the weights that this message leads to.
  public var sequence: UInt64
  /// Number of the weights that a delta starts from.
  public var baseSequence: UInt64?

  private enum CodingKeys: String, CodingKey {
    case v, model, engine, kind
    case sequence = "seq"
    case baseSequence = "base_seq"
  }
}
