import Events

extension EngineStatus {
  /// How the time of a source went on, since the engine first heard of it.
  public struct SourceTime: Codable, Equatable, Sendable {
    /// How far time has come by watermarks of the publisher or by the wall clock, in microseconds of stream time.
    public var watermark: Int64?
    /// Times that nothing came for so long that the wall clock took over.
    public var silences = 0
    /// Microseconds that the wall clock has closed.
    public var wallClock: Int64 = 0
    /// Times that the clock went back while the publisher's numbers went on.
    public var clockJumps = 0
    /// Messages that came after later ones.
    public var lateMessages = 0
    /// Of a joined stream: times that events were given on before all sources had reached their time.
    public var mergeOverflows = 0

    private enum CodingKeys: String, CodingKey {
      case silences
      case watermark = "watermark_us"
      case wallClock = "wall_clock_us"
      case clockJumps = "clock_jumps"
      case lateMessages = "late_messages"
      case mergeOverflows = "merge_overflows"
    }
  }

  /// Notes that the wall clock has closed steps of a source.
  mutating func note(_ closing: QuietTime.Closing, upTo time: Int64, of source: String) {
    sources[source]?.time.silences += closing.begins ? 1 : 0
    sources[source]?.time.wallClock += closing.added
    sources[source]?.time.watermark = time
  }

  /// Notes a message of events that was taken in.
  ///
  /// - Parameter received: events in it before transforms.
  mutating func note(_ message: SourceIntake.Accepted, of name: String, received: Int, session: Int)
  {
    messages += 1
    eventsReceived += received
    var source = sources[name] ?? .init(session: session)
    if source.session != session {
      let time = source.time
      source = .init(session: session)
      source.time = time
    }
    source.messages += 1
    source.events += received
    source.transformedAway += received - message.events.count
    if message.isLate {
      missingMessages -= min(missingMessages, 1)
      source.missingMessages -= min(source.missingMessages, 1)
      source.time.lateMessages += 1
    } else {
      missingMessages.addSaturating(message.missing)
      source.missingMessages.addSaturating(message.missing)
    }
    if message.clockWentBack, !message.restarted { source.time.clockJumps += 1 }
    if let watermark = message.watermark { source.time.watermark = watermark }
    sources[name] = source
  }

  /// Notes that the engine has worked off what a message brought.
  mutating func acknowledge(_ arrival: StreamItem.Arrival, by stream: EngineSource) {
    sources[stream.name]?.lateEvents = stream.lateEvents
    if arrival.member != nil { sources[stream.name]?.eventsDone += arrival.events.count }
    let name = arrival.member?.source ?? stream.name
    // A message of an earlier session must not pass for one of the present one.
    guard sources[name]?.session == arrival.session else { return }
    if let sequence = arrival.sequence { sources[name]?.acknowledged = sequence }
    sources[name]?.eventsDone += arrival.member?.events ?? arrival.events.count
  }
}

extension UInt64 {
  /// A hostile publisher's numbers may leave gaps of any size.
  fileprivate mutating func addSaturating(_ other: UInt64) {
    let (sum, overflow) = addingReportingOverflow(other)
    self = overflow ? .max : sum
  }
}
