import Learning

/// A cut through everything that an engine knows: the ingest thread takes its side down between two messages, and the
/// engine's thread its own when it has worked off all messages before.
struct CheckpointMark: Sendable {
  /// Where the sources' numbers, clocks and transforms stand, as parts of a checkpoint.
  var intake: [String: CheckpointPart]
  /// What has been counted.
  var status: EngineStatus
  /// The last one, of an engine that ends.
  var isLast: Bool
}
