import ArgumentParser
import Events
import ToolSupport

/// Makes messages of what is played: transformed, cut, numbered on from recording to recording.
final class ReplayWriter {
  private var writer: EventMessageWriter
  private var transforms: TransformChain
  private let eventsPerMessage: Int
  /// Stream time that the payload of messages counts from.
  private var base: Int64 = 0

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
    base = player.begin
  }

  /// What goes into the next message, or nothing at the end of the recording.
  func next(of player: RecordingPlayer, within span: Int64) throws -> RecordingPlayer.Piece? {
    try player.next(atMost: eventsPerMessage, within: span, through: &transforms)
  }

  func message(
    _ piece: RecordingPlayer.Piece, of player: RecordingPlayer
  ) throws -> [[UInt8]] {
    let times = player.events.t[piece.range]
    let (earliest, latest) = (times.min() ?? base, times.max() ?? base)
    // Payloads count 32 bits.
    if earliest < base || latest - base > 1 << 31 { base = earliest }
    return try writer.events(
      player.events, range: piece.range, tBase: base, labels: piece.labels)
  }

  func end(of player: RecordingPlayer) -> [[UInt8]] { writer.endOfRecording(at: player.end) }
}
