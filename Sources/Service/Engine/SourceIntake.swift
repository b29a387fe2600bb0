import Events

/// What the ingest thread knows of one source: where its numbers and its clock stand.
struct SourceIntake {
  private var tracker = SequenceTracker()
  private var clock = ClockUnwrapper()
  private var hasBegun = false
  private var isClock32Bits = false
  /// See ``EngineStatus/Source/session``; 0 until it is given one.
  var session: Int
  /// Whether the last message ended a recording; such a source may make room for another.
  private(set) var isIdle = true
  /// When the last message came.
  private(set) var lastMessage = ContinuousClock.now

  init(session: Int) {
    self.session = session
  }

  /// A message of events put in order.
  enum Outcome {
    case duplicate
    case accepted(missing: UInt64, restarted: Bool, events: EventBatch, labels: [StreamLabel])
  }

  mutating func receive(
    _ header: EventHeader, _ events: EventBatch, _ labels: [StreamLabel]
  ) -> Outcome {
    var missing: UInt64 = 0
    var restarted = false
    lastMessage = .now
    switch tracker.receive(header.sequence) {
    case .next: break
    case .gap(let count): missing = count
    case .duplicate: return .duplicate
    case .restart:
      restarted = hasBegun
      clock = ClockUnwrapper()
    }
    hasBegun = true
    isIdle = header.endOfRecording
    isClock32Bits = header.encoding == .t32x16y15on1
    guard isClock32Bits else {
      return .accepted(missing: missing, restarted: restarted, events: events, labels: labels)
    }
    var unwrapped = events
    unwrapped.unwrap(&clock)
    // Labels come after the events, for they are told by the clock that their events have set.
    return .accepted(
      missing: missing, restarted: restarted, events: unwrapped,
      labels: streamTime(labels))
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

  /// A time of the publisher's clock in stream time.
  func streamTime(_ time: Int64) -> Int64 { isClock32Bits ? clock.unwrapped(time) : time }
}
