/// What an engine can be asked on its request socket: `{"request":"status","digest":true}`.
struct EngineRequest: Codable, Sendable {
  enum Name: String, Codable, CaseIterable {
    case status, snapshot
    /// Learning stops and goes on; predictions are made all the while.
    case pause, resume
    /// Multiplies the configured rate by `value`.
    case learningRate = "learning_rate"
    /// Clears membranes, traces and open trials of all streams.
    case resetState = "reset_state"
    /// A copy of the weights as they are predicts beside the learning ones, until `unfreeze`.
    case freeze, unfreeze
    /// Writes a checkpoint of everything that had arrived.
    case save
    /// Takes over the weights of the checkpoint `name`, without dropping the stream.
    case load
    /// Works off what has arrived, saves, and ends the engine.
    case drain
  }

  var request: Name
  /// With a status: also the digest of the weights, as they are after what has been worked off.
  var digest: Bool?
  var value: Double?
  var name: String?

  /// The most that `value` of a learning rate may be.
  static let largestRateFactor = 100.0

  static let known = Name.allCases.map(\.rawValue).joined(separator: ", ")
}

/// The answer to a request that was carried out and has nothing else to tell.
struct RequestReceipt: Codable {
  var v = 1
  /// What was done, for people.
  var done: String
}

/// The answer to a question that cannot be answered.
struct RequestRefusal: Codable {
  var v = 1
  var error: String
}
