/// Decides when changes of the weights are told to followers.
///
/// After the configured number of trials, unless what was told before has not gone out yet: while the outbox is more than
/// half full, or more bytes of deltas are on their way than may be, changes are gathered into the next delta. One follower
/// that takes nothing is not to keep the others from hearing anything: above the limit of bytes, up to four times as much,
/// a delta goes out every second.
struct DeltaPace {
  private let every: Int
  /// Learned since the last delta.
  var trials = 0
  private var latest = ContinuousClock.now
  private(set) var isHeld = false

  /// - Parameter every: learned trials between deltas; 0 for those that nobody hears of.
  init(every: Int) {
    self.every = every
  }

  /// Notes trials that were learned.
  mutating func note(trials new: Int) { trials += new }

  private var isDue: Bool { trials > 0 && trials >= every }

  /// Whether a delta is to be cut now.
  ///
  /// - Parameters:
  ///   - isFollowed: whether anybody listens.
  ///   - isIdle: whether the engine has nothing else to do.
  mutating func goes(to outbox: Outbox, isFollowed: Bool, isIdle: Bool = false) -> Bool {
    guard isDue else { return false }
    isHeld = isFollowed && every > 0 && !hasRoom(outbox, isIdle)
    return !isHeld
  }

  private func hasRoom(_ outbox: Outbox, _ isIdle: Bool) -> Bool {
    if !isIdle, outbox.isHalfFull { return false }
    let bytes = outbox.deltas.count
    if bytes <= outbox.deltaByteLimit { return true }
    return !Self.isOver(outbox) && latest.duration(to: .now) >= .seconds(1)
  }

  /// Whether more than four times the limit of bytes is on its way: then no delta sets out at all.
  static func isOver(_ outbox: Outbox) -> Bool { outbox.deltas.count / 4 > outbox.deltaByteLimit }

  /// Notes that everything so far has been told.
  mutating func noteTold() {
    (trials, isHeld) = (0, false)
    latest = .now
  }
}
