/// A message that was read, checked and found whole.
public enum EventMessage: Equatable, Sendable {
  /// Events of a source, with labels that travelled along.
  case events(source: String, header: EventHeader, events: EventBatch, labels: [StreamLabel])
  /// Labels on their own topic.
  case labels(source: String, labels: [StreamLabel])

  /// What the receiver holds every message against.
  public struct Limits: Equatable, Sendable {
    /// The sensor of the model.
    public var geometry: SensorGeometry
    /// Number of classes.
    public var classes: Int
    /// Longest stretch of stream time that one message may cover, in microseconds.
    public var longestSpan: Int64

    public init(geometry: SensorGeometry, classes: Int, longestSpan: Int64 = 60_000_000) {
      self.geometry = geometry
      self.classes = classes
      self.longestSpan = longestSpan
    }
  }

  /// Reads the frames of a message: `topic | header | payload | labels` for events (the last optional),
  /// `topic | labels` for labels.
  ///
  /// - Throws: ``WireError``; nothing of the message is to be used then.
  public static func decode(
    _ frames: [UnsafeRawBufferPointer], limits: Limits
  ) throws(WireError) -> EventMessage {
    guard let first = frames.first else { throw WireError(.frames, "a message without frames") }
    switch try Topic(first) {
    case .labels(let source):
      guard frames.count == 2 else {
        throw WireError(.frames, "\(frames.count) frames on labels/\(source)/, which takes 2")
      }
      return .labels(
        source: source, labels: try StreamLabel.decode(frames[1], classes: limits.classes))
    case .events(let source):
      guard (3...4).contains(frames.count) else {
        throw WireError(.frames, "\(frames.count) frames on events/\(source)/, which takes 3 or 4")
      }
      let header = try EventHeader(frames[1])
      guard header.geometry == limits.geometry else {
        throw WireError(
          .geometry, "the sensor has \(header.geometry) pixels, the model \(limits.geometry)")
      }
      let size = header.encoding.recordSize
      if let count = header.count, count < 0 || count != frames[2].count / size {
        throw WireError(
          .count,
          "the header says \(count) events, \(frames[2].count) bytes hold \(frames[2].count / size)"
        )
      }
      let events = try header.encoding.decode(
        frames[2], tBase: header.tBase, geometry: limits.geometry)
      let span = Self.span(of: events, header.encoding)
      guard span <= limits.longestSpan else {
        throw WireError(
          .time, "the events span \(span) us, the limit is \(limits.longestSpan) us a message")
      }
      let labels =
        frames.count == 4 ? try StreamLabel.decode(frames[3], classes: limits.classes) : []
      return .events(source: source, header: header, events: events, labels: labels)
    }
  }

  /// Stream time from the oldest event to the newest, in microseconds.
  private static func span(of events: EventBatch, _ encoding: WireEncoding) -> Int64 {
    guard let span = events.timeSpan else { return 0 }
    let length = span.upperBound - span.lowerBound
    guard encoding == .t32x16y15on1, length > 1 << 31 else { return length }
    // A clock of 32 bits may have begun again amid the message.
    var clock = ClockUnwrapper()
    let times = events.t.map { clock.unwrap($0) }
    return (times.max() ?? 0) - (times.min() ?? 0)
  }
}
