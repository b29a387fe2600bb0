/// The wall clock of the ingest thread, as far as it was listening: what passes while it waits for the engine, or while the
/// process stands still, is nobody's silence.
struct SilenceWatch {
  /// How long nothing may come before a source is silent; zero for never.
  let silence: Duration
  /// Time spent listening.
  private(set) var watched = Duration.zero
  private var nextLook = Duration.zero

  init(_ live: EngineConfiguration.Live) {
    silence = .milliseconds(live.silence)
  }

  var isOn: Bool { silence > .zero }

  /// How long to wait for messages.
  var timeout: Duration? { isOn ? silence : nil }

  /// Notes a wait for messages, before they are taken.
  mutating func listened(since begin: ContinuousClock.Instant) {
    let time = begin.duration(to: .now)
    // A wait is no longer than a silence. More means that the process stood still, and what came meanwhile is on its way.
    if time < silence * 3 / 2 { watched += time }
  }

  /// Ends a turn of waiting for messages and taking them.
  ///
  /// - Parameter ranDry: whether no message was left.
  /// - Returns: whether it is time to look for silent sources.
  mutating func turn(ranDry: Bool) -> Bool {
    guard isOn, ranDry, watched >= nextLook else { return false }
    nextLook = watched + silence / 2
    return true
  }
}

/// How long nothing has come from one source.
struct QuietTime {
  /// What the wall clock closes.
  struct Closing {
    /// Whether a silence begins.
    var begins: Bool
    /// By how much the source's time goes on, in microseconds.
    var added: Int64
  }

  private var since = Duration.zero
  /// What has been closed of this silence, in microseconds.
  private var closed: Int64?

  mutating func end(at watched: Duration) {
    since = watched
    closed = nil
  }

  func isLong(_ watch: SilenceWatch) -> Bool { watch.isOn && watch.watched - since > watch.silence }

  /// Closes the time up to a silence before now: what comes soon after all is not late.
  mutating func close(_ watch: SilenceWatch) -> Closing? {
    guard isLong(watch) else { return nil }
    let time = (watch.watched - since - watch.silence).microseconds
    let closing = Closing(begins: closed == nil, added: time - (closed ?? 0))
    closed = time
    return closing
  }
}

extension Duration {
  var microseconds: Int64 {
    components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
  }
}
