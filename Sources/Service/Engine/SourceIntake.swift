import Events

/// What the ingest thread knows of one source: where its numbers and its clock stand.
struct SourceIntake {
  /// What goes on when an engine is started again.
  struct Position: Codable {
    var tracker = SequenceTracker()
    var clock = ClockUnwrapper()
    var hasBegun = false
    /// Whether the publisher's clock begins again while the sensor runs.
    var isClockShort = false
    /// How far the source's time has come, by events, watermarks and the wall clock, before transforms.
    var newest: Int64?
    /// The number that the next message of a publisher gets that does not number them.
    var unnumbered: UInt64 = 0
    /// Whether the last message ended a recording.
    var isIdle = true
  }

  var position = Position()
  var transforms: TransformChain
  private let clockBack: Int64
  /// How much older than the newest an event may be, in microseconds.
  private let disorder: Int64
  /// How long it has been silent.
  private var quiet = QuietTime()
  /// See ``EngineStatus/Source/session``; 0 until it is given one.
  var session: Int
  /// When the last message came.
  private(set) var lastMessage = ContinuousClock.now
  /// Whether the last message ended a recording; such a source may make room for another.
  var isIdle: Bool { position.isIdle }

  init(
    session: Int, transforms: TransformChain, live: EngineConfiguration.Live, disorder: Int64
  ) {
    self.session = session
    self.transforms = transforms
    clockBack = Int64(live.clockBack) * 1000
    self.disorder = disorder
  }

  /// A message of events put in order, in stream time, and transformed.
  struct Accepted {
    /// The newest number of the source.
    var sequence: UInt64
    /// Messages before it that did not arrive.
    var missing: UInt64 = 0
    /// Whether it fills a gap that had been counted.
    var isLate = false
    /// Whether the publisher began anew.
    var restarted = false
    /// Whether its clock went back to before what had been.
    var clockWentBack = false
    var events = EventBatch()
    var labels: [StreamLabel] = []
    /// All events before this time have been sent.
    var watermark: Int64?
    /// Where the recording ends, if it does.
    var end: StreamItem.RecordingEnd?
  }

  /// - Parameter watched: see ``SilenceWatch/watched``.
  /// - Returns: nothing for a message that came before.
  /// - Throws: ``WireError`` for events outside the sensor, which the message's reader has refused before.
  mutating func receive(
    _ header: EventHeader, _ events: consuming EventBatch, _ labels: [StreamLabel],
    at watched: Duration = .zero
  ) throws(WireError) -> Accepted? {
    lastMessage = .now
    if let bits = header.encoding.clockBits, bits != position.clock.bits {
      position.clock = ClockUnwrapper(bits: bits)
    }
    position.isClockShort = header.encoding.clockBits != nil
    let watermark = header.endOfRecording ? nil : header.tEnd
    let first = events.t.first ?? watermark
    guard var accepted = number(header, events, wentBack: goesBack(to: first, by: clockBack)) else {
      return nil
    }
    // Who was started again and is behind what has been has another clock, however near.
    if accepted.restarted, goesBack(to: first, by: disorder) { accepted.clockWentBack = true }
    if accepted.restarted || accepted.clockWentBack { beginAnew(clock: accepted.clockWentBack) }
    // After an end any time may follow.
    if position.isIdle { position.newest = nil }
    position.hasBegun = true
    if position.isClockShort { events.unwrap(&position.clock) }
    if !accepted.isLate {
      position.isIdle = header.endOfRecording
      noteTime(events, watermark, watched)
      accepted.watermark = watermark.map(streamTime)
    }
    do throws(TransformError) {
      try transforms.apply(to: &events)
    } catch {
      throw WireError(.geometry, error.description)
    }
    if header.endOfRecording, !accepted.isLate {
      accepted.end = .init(time: header.tEnd.map(streamTime))
    }
    accepted.events = events
    // Labels come after the events, for they are told by the clock that their events have set.
    accepted.labels = streamTime(labels)
    return accepted
  }

  /// What the number of a message says. Without numbers every message is the next one, and only a clock that goes back
  /// tells of a new beginning.
  private mutating func number(
    _ header: EventHeader, _ events: EventBatch, wentBack: Bool
  ) -> Accepted? {
    let isAnew = wentBack && !position.isIdle
    let sequence = header.sequence ?? (isAnew ? 0 : position.unnumbered)
    position.unnumbered = sequence &+ 1
    var accepted = Accepted(sequence: sequence)
    switch position.tracker.receive(sequence, .init(header, events)) {
    case .next: accepted.clockWentBack = isAnew
    case .gap(let count):
      accepted.missing = count
      accepted.clockWentBack = isAnew
    case .late:
      accepted.isLate = true
      accepted.sequence = position.tracker.latest ?? sequence
    case .duplicate: return nil
    case .restart: accepted.restarted = position.hasBegun
    }
    return accepted
  }

  /// Whether a message that begins at `first` is more than `limit` behind what has been.
  private func goesBack(to first: Int64?, by limit: Int64) -> Bool {
    guard let first, let newest = position.newest else { return false }
    // A step of a short clock that is taken for a wrap goes forward.
    return unwrapped(first) < newest - limit
  }

  private mutating func beginAnew(clock isNew: Bool) {
    // A clock that goes on keeps its wraps.
    if isNew { position.clock = ClockUnwrapper(bits: position.clock.bits) }
    position.newest = nil
    transforms.restart()
  }

  private mutating func noteTime(_ events: EventBatch, _ watermark: Int64?, _ watched: Duration) {
    let newest = [events.t.max(), watermark.map(unwrapped)].compactMap { $0 }.max()
    guard let newest else { return }
    position.newest = max(position.newest ?? newest, newest)
    quiet.end(at: watched)
  }

  // MARK: - Time

  /// What the wall clock closes of a source from which nothing came for a while.
  ///
  /// - Returns: how far time has come, or nothing while it is not silent.
  mutating func closeSilence(_ watch: SilenceWatch) -> (closing: QuietTime.Closing, time: Int64)? {
    guard position.hasBegun, !isIdle, let newest = position.newest,
      let closing = quiet.close(watch)
    else { return nil }
    position.newest = newest + closing.added
    return (closing, transforms.time(newest + closing.added))
  }

  /// Whether nothing came for longer than a silence, whatever the source has sent before.
  func isQuiet(_ watch: SilenceWatch) -> Bool { quiet.isLong(watch) }

  /// Labels in stream time.
  func streamTime(_ labels: [StreamLabel]) -> [StreamLabel] {
    labels.map { $0.moved(by: streamTime) }
  }

  /// A time of the publisher's clock in stream time, as transforms leave it.
  func streamTime(_ time: Int64) -> Int64 { transforms.time(unwrapped(time)) }

  private func unwrapped(_ time: Int64) -> Int64 {
    position.isClockShort ? position.clock.unwrapped(time) : time
  }
}

extension StreamLabel {
  /// The label with its times on another clock.
  func moved(by clock: (Int64) -> Int64) -> StreamLabel {
    var label = self
    label.t = clock(t)
    label.end = end.map(clock)
    return label
  }
}
