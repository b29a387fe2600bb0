import Events

/// What the ingest thread knows of one source: where its numbers and its clock stand.
struct SourceIntake {
  var tracker = SequenceTracker()
  var clock = ClockUnwrapper()
  var transforms: TransformChain
  var hasBegun = false
  /// Whether the publisher's clock begins again while the sensor runs.
  var isClockShort = false
  /// The newest time of a publisher that does not number its messages.
  var newest: Int64 = .min
  /// The number that its next message gets.
  var unnumbered: UInt64 = 0
  /// See ``EngineStatus/Source/session``; 0 until it is given one.
  var session: Int
  /// Whether the last message ended a recording; such a source may make room for another.
  var isIdle = true
  /// When the last message came.
  private(set) var lastMessage = ContinuousClock.now

  init(session: Int, transforms: TransformChain) {
    self.session = session
    self.transforms = transforms
  }

  /// A message of events put in order, in stream time, and transformed.
  enum Outcome {
    case duplicate
    case accepted(
      sequence: UInt64, missing: UInt64, restarted: Bool, events: EventBatch,
      labels: [StreamLabel])
  }

  /// A publisher that does not number its messages has begun anew when its clock goes back by more than this, in
  /// microseconds.
  static let largestDisorder: Int64 = 10_000_000

  /// - Throws: ``WireError`` for events outside the sensor, which the message's reader has refused before.
  mutating func receive(
    _ header: EventHeader, _ events: consuming EventBatch, _ labels: [StreamLabel]
  ) throws(WireError) -> Outcome {
    var missing: UInt64 = 0
    var restarted = false
    lastMessage = .now
    // Without numbers every message is the next one, and only a clock that goes back tells of a new beginning.
    let sequence = header.sequence ?? (hasRestarted(header, events) ? 0 : unnumbered)
    unnumbered = sequence &+ 1
    switch tracker.receive(sequence) {
    case .next: break
    case .gap(let count): missing = count
    case .duplicate: return .duplicate
    case .restart:
      restarted = hasBegun
      clock = ClockUnwrapper(bits: clock.bits)
      newest = .min
      transforms.restart()
    }
    hasBegun = true
    isIdle = header.endOfRecording
    isClockShort = header.encoding.clockBits != nil
    if let bits = header.encoding.clockBits, bits != clock.bits {
      clock = ClockUnwrapper(bits: bits)
    }
    if isClockShort { events.unwrap(&clock) }
    if header.sequence == nil { newest = events.t.reduce(newest, max) }
    do throws(TransformError) {
      try transforms.apply(to: &events)
    } catch {
      throw WireError(.geometry, error.description)
    }
    // Labels come after the events, for they are told by the clock that their events have set.
    return .accepted(
      sequence: sequence, missing: missing, restarted: restarted, events: events,
      labels: streamTime(labels))
  }

  private func hasRestarted(_ header: EventHeader, _ events: EventBatch) -> Bool {
    guard let first = events.t.first, newest > .min else { return false }
    // A step of a short clock that is taken for a wrap goes forward.
    return unwrapped(first) < newest - Self.largestDisorder
  }

  /// Labels in stream time.
  func streamTime(_ labels: [StreamLabel]) -> [StreamLabel] {
    labels.map { label in
      var label = label
      label.t = streamTime(label.t)
      label.end = label.end.map(streamTime)
      return label
    }
  }

  /// A time of the publisher's clock in stream time, as transforms leave it.
  func streamTime(_ time: Int64) -> Int64 { transforms.time(unwrapped(time)) }

  private func unwrapped(_ time: Int64) -> Int64 { isClockShort ? clock.unwrapped(time) : time }
}
