import Events
import Learning
import Service

/// The stream on which the lab plays recordings, as `afferent-replay` plays them to the engine: one stream time, and the
/// engine's transforms, go on from recording to recording.
final class TrialStream {
  /// As in `afferent-replay`.
  private static let pauseMilliseconds = 50

  /// What the engine does with events before the network sees them.
  private var transforms: TransformChain
  private var untouched: TransformChain
  private var time: Int64 = 0
  private var events = EventBatch()

  init(_ transforms: TransformChain) throws {
    self.transforms = transforms
    untouched = try TransformChain([], input: transforms.input)
  }

  /// Plays a recording from its beginning to its end.
  ///
  /// - Parameters:
  ///   - progress: told the share of the recording that was read.
  ///   - take: events and labels in stream time, as the network gets them, and where the recording begins.
  /// - Returns: where it ends (exclusive).
  func play(
    _ recording: LabelledRecording, progress: (Double) -> Void,
    take: (EventBatch, [StreamLabel], Int64) throws -> Void
  ) throws -> Int64 {
    let player = try RecordingPlayer(recording, at: time, geometry: transforms.input)
    while let piece = try player.next(atMost: 1 << 16, through: &untouched) {
      events.removeAll()
      events.append(player.events, range: piece.range)
      try transforms.apply(to: &events)
      let labels = piece.labels.map { label in
        StreamLabel(
          t: transforms.time(label.t), label: label.label, end: label.end.map(transforms.time),
          name: label.name)
      }
      try take(events, labels, transforms.time(player.begin))
      progress(player.progress)
    }
    time = player.next(after: Self.pauseMilliseconds)
    return transforms.time(player.end)
  }
}
