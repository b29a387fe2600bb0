extension EngineStatus {
  /// What consumers did not get, or got later, because publishing could not keep up.
  public struct Output: Codable, Equatable, Sendable {
    /// Predictions amid trials that were not sent; their numbers are left out.
    public var predictionsDropped = 0
    /// Times that changes of the weights were held back, to be told with later ones.
    public var deltasDelayed = 0
    /// Bytes of deltas that were cut and have not been passed on to every follower, and how many may be.
    public var deltaBytes = 0
    public var deltaByteLimit = 0

    private enum CodingKeys: String, CodingKey {
      case predictionsDropped = "predictions_dropped"
      case deltasDelayed = "deltas_delayed"
      case deltaBytes = "delta_bytes"
      case deltaByteLimit = "delta_byte_limit"
    }
  }
}
