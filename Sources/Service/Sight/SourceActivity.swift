import Learning

/// What is shown of one source while somebody looks; on the engine's thread.
final class SourceActivity {
  private var recorder: ActivityRecorder?
  private var due = ContinuousClock.now
  private var sequence: UInt64 = 0

  /// Begins to look on, or ends; to be called before events are worked off.
  func prepare(_ learner: StreamLearner, isWanted: Bool) {
    guard isWanted != (recorder != nil) else { return }
    recorder =
      isWanted
      ? ActivityRecorder(sensor: learner.geometry, neurons: learner.network.layers[0].neurons)
      : nil
    learner.observer = recorder
    sequence = 0
  }

  /// The picture since the last one, once it is due.
  func picture(
    of learner: StreamLearner, named source: String, _ configuration: EngineConfiguration
  ) -> ActivityMessage? {
    guard let recorder, !recorder.isEmpty else { return nil }
    let now = ContinuousClock.now
    guard now >= due else { return nil }
    due = now + .milliseconds(configuration.activity.every)
    defer { sequence += 1 }
    return recorder.take(
      model: configuration.model, source: source, sequence: sequence,
      dt: configuration.learner.stepMicroseconds, scores: learner.scores)
  }
}
