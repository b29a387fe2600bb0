import Learning

/// A copy of an engine's weights that follows it: take a snapshot, then apply deltas in the order of their numbers.
///
/// Subscribe first, then ask for the snapshot; deltas up to its number are already in it (the clone pattern of the
/// ZeroMQ guide).
public struct WeightsFollower: Sendable {
  /// What a delta did.
  public enum Outcome: Equatable, Sendable {
    /// The copy moved on.
    case applied
    /// The snapshot held it already.
    case old
    /// Deltas in between are missing: a new snapshot is needed.
    case gap(missing: UInt64)
  }

  public private(set) var weights: ModelWeights
  /// Number of the weights that the copy holds.
  public private(set) var sequence: UInt64
  /// The engine that it follows.
  public let engine: String

  public init(_ snapshot: (header: WeightsHeader, weights: ModelWeights)) {
    weights = snapshot.weights
    sequence = snapshot.header.sequence
    engine = snapshot.header.engine
  }

  /// Takes the frames of a message on `weights/<model>/` in.
  ///
  /// - Throws: ``EngineAnswerError``, ``SafetensorsError``; the copy has not changed then.
  public mutating func receive(_ frames: [[UInt8]]) throws -> Outcome {
    guard frames.count == 3,
      let header = try? ServiceJSON.decode(WeightsHeader.self, from: frames[1])
    else { throw EngineAnswerError("a weight message of \(frames.count) frames without a header") }
    // After a restart of the engine its numbers mean other weights.
    guard header.engine == engine else { return .gap(missing: header.sequence) }
    guard header.sequence > sequence else { return .old }
    switch header.kind {
    case .full:
      weights = try ModelWeights(full: Safetensors(frames[2]))
    case .delta:
      let base = header.baseSequence ?? 0
      guard base == sequence else { return .gap(missing: base &- sequence) }
      try weights.apply(delta: Safetensors(frames[2]))
    }
    sequence = header.sequence
    return .applied
  }
}
