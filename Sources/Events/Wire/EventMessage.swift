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
    /// Most events that one message may hold: some encodings hold several events in a byte.
    public var mostEvents: Int

    public init(
      geometry: SensorGeometry, classes: Int, longestSpan: Int64 = 60_000_000,
      mostEvents: Int = 1 << 22
    ) {
      self.geometry = geometry
      self.classes = classes
      self.longestSpan = longestSpan
      self.mostEvents = mostEvents
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
      let events = try limits.decode(frames[2], header.encoding, tBase: header.tBase)
      if let count = header.count, count != events.count {
        throw WireError(
          .count,
          "the header says \(count) events, \(frames[2].count) bytes hold \(events.count)")
      }
      let labels =
        frames.count == 4 ? try StreamLabel.decode(frames[3], classes: limits.classes) : []
      return .events(source: source, header: header, events: events, labels: labels)
    }
  }
}

extension EventMessage.Limits {
  /// Reads a payload of events and holds it against the limits.
  func decode(
    _ payload: UnsafeRawBufferPointer, _ encoding: WireEncoding, tBase: Int64
  ) throws(WireError) -> EventBatch {
    let events = try encoding.decode(
      payload, tBase: tBase, geometry: geometry, mostEvents: mostEvents)
    try check(span: events, clockBits: encoding.clockBits)
    return events
  }

  /// Holds the stream time from the oldest event to the newest against the limit.
  func check(span events: EventBatch, clockBits: Int?) throws(WireError) {
    let span = Self.span(of: events, clockBits: clockBits)
    guard span <= longestSpan else {
      throw WireError(
        .time, "the events span \(span) us, the limit is \(longestSpan) us a message")
    }
  }

  private static func span(of events: EventBatch, clockBits: Int?) -> Int64 {
    guard let span = events.timeSpan else { return 0 }
    let length = span.upperBound - span.lowerBound
    guard let clockBits, length > 1 << (clockBits - 1) else { return length }
    // The clock may have begun again amid the message.
    var clock = ClockUnwrapper(bits: clockBits)
    let times = events.t.map { clock.unwrap($0) }
    return (times.max() ?? 0) - (times.min() ?? 0)
  }
}
