import Events

/// What the ingest thread knows of one source: where its numbers and its clock stand.
struct SourceIntake {
  private var tracker = SequenceTracker()
  private var clock = ClockUnwrapper()
  private var transforms: TransformChain
  private var hasBegun = false
  private var isClock32Bits = false
  /// See ``EngineStatus/Source/session``; 0 until it is given one.
  var session: Int
  /// Whether the last message ended a recording; such a source may make room for another.
  private(set) var isIdle = true
  /// When the last message came.
  private(set) var lastMessage = ContinuousClock.now

  init(session: Int, transforms: TransformChain) {
    self.session = session
    self.transforms = transforms
  }

  /// A message of events put in order, in stream time, and transformed.
  enum Outcome {
    case duplicate
    case accepted(missing: UInt64, restarted: Bool, events: EventBatch, labels: [StreamLabel])
  }

  /// - Throws: ``WireError`` for events outside the sensor, which the message's reader has refused before.
  mutating func receive(
    _ header: EventHeader, _ events: consuming EventBatch, _ labels: [StreamLabel]
  ) throws(WireError) -> Outcome {
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
      transforms.restart()
    }
    hasBegun = true
    isIdle = header.endOfRecording
    isClock32Bits = header.encoding == .t32x16y15on1
    if isClock32Bits { events.unwrap(&clock) }
    do throws(TransformError) {
      try transforms.apply(to: &events)
    } catch {
      throw WireError(.geometry, error.description)
    }
    // Labels come after the events, for they are told by the clock that their events have set.
    return .accepted(
      missing: missing, restarted: restarted, events: events, labels: streamTime(labels))
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
  func streamTime(_ time: Int64) -> Int64 {
    transforms.time(isClock32Bits ? clock.unwrapped(time) : time)
  }
}
