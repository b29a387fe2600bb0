import Learning

/// Something on the engine's thread that is to go on after a restart where it was. ``EngineLoop/parts`` lists all of them.
protocol EnginePart: AnyObject {
  /// Its name in checkpoints, which no other part has; without a slash.
  var name: String { get }
  /// Takes down where it stands, on the engine's thread, between two messages.
  func part() throws -> CheckpointPart
  /// Goes on from what ``part()`` gave, before the threads start. Not called for checkpoints without it.
  func restore(_ part: CheckpointPart) throws
}
