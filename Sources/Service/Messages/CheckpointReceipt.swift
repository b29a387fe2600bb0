/// What became of a request to save, to load or to drain.
public struct CheckpointReceipt: Codable, Equatable, Sendable {
  public var v = 1
  /// What was done, for people.
  public var done: String
  /// The generation that was written, or read; nothing where no checkpoints are kept.
  public var generation: UInt64?
  /// The file as the engine sees it, and its size.
  public var path: String?
  public var bytes: Int?
  /// After a load: the number of the weights.
  public var weightsSequence: UInt64?

  private enum CodingKeys: String, CodingKey {
    case v, done, generation, path, bytes
    case weightsSequence = "weights_seq"
  }

  init(done: String, _ generation: CheckpointStore.Generation?) {
    self.done = done
    (self.generation, path) = (generation?.number, generation?.path)
    bytes = generation?.bytes
  }
}
