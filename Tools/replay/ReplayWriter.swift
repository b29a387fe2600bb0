import ArgumentParser
import Events
import ToolSupport

/// Makes messages of what is played: transformed, cut, numbered on from recording to recording.
final class ReplayWriter {
  private var writer: EventMessageWriter
  private var transforms: TransformChain
  private let eventsPerMessage: Int
  private let mergesTimes: Bool

  /// The sensor of the recordings.
  var sensor: SensorGeometry { transforms.input }
  /// The number that the next message gets.
  var nextSequence: UInt64 { writer.nextSequence }

  init(_ options: Replay, sensor: SensorGeometry) throws {
    transforms = try options.sent(from: sensor)
    writer = EventMessageWriter(
      source: options.source, geometry: transforms.output, encoding: options.encoding,
      headerForm: options.header)
    eventsPerMessage = options.eventsPerMessage
    mergesTimes = options.mergeTimes
  }

  /// Makes ready for another recording.
  func begin(_ player: RecordingPlayer) throws {
    guard player.geometry == sensor else {
      throw RecordingError.unsupported(
        path: player.recording.path,
        reason:
          "it is of a \(player.geometry) sensor, those before of \(sensor); --geometry says which")
    }
    // Recordings have their own clocks: times are transformed before they go on the stream's.
    transforms.restart()
  }

  /// What goes into the next message, or nothing at the end of the recording.
  func next(of player: RecordingPlayer, within span: Int64) throws -> RecordingPlayer.Piece? {
    try player.next(atMost: eventsPerMessage, within: span, through: &transforms)
  }

  func message(
    _ piece: RecordingPlayer.Piece, of player: RecordingPlayer
  ) throws -> [[UInt8]] {
    // Each message has a base of its own: the times of some encodings do not reach far.
    let base = player.events.t[piece.range].min() ?? player.begin
    var events = player.events
    if mergesTimes { events.mergeTimes(of: piece.range) }
    return try writer.events(events, range: piece.range, tBase: base, labels: piece.labels)
  }

  func end(of player: RecordingPlayer) -> [[UInt8]] { writer.endOfRecording(at: player.end) }
}
