/// How long gestures and the pauses between them take.
public struct GestureTiming: Hashable, Sendable, Codable {
  /// Length of the labelled stretch of a gesture, in µs.
  public var trial: ClosedRange<Int64>
  /// Time between two of them, in µs: the hands go down, rest and go up.
  public var pause: ClosedRange<Int64>
  /// Time in which hands go up to a gesture, or down from it, in µs.
  public var transition: Int64
  /// Time between two samples of the scene, in µs.
  public var sampleInterval: Int64

  public init(
    trial: ClosedRange<Int64> = 550_000...750_000, pause: ClosedRange<Int64> = 250_000...400_000,
    transition: Int64 = 120_000, sampleInterval: Int64 = 2000
  ) {
    self.trial = trial
    self.pause = pause
    self.transition = transition
    self.sampleInterval = sampleInterval
  }

  /// - Throws: ``SimulationError/parameterOutOfRange(name:value:allowed:)`` for the first
  ///   parameter outside of its range.
  public func validate() throws(SimulationError) {
    for (name, range) in [("trial", trial), ("pause", pause)] {
      try SimulationError.check(name, Double(range.lowerBound), in: 10_000...60_000_000)
      try SimulationError.check(name, Double(range.upperBound), in: 10_000...60_000_000)
    }
    try SimulationError.check(
      "transition", Double(transition), in: 1000...Double(pause.lowerBound / 2))
    try SimulationError.check("sampleInterval", Double(sampleInterval), in: 10...100_000)
  }
}

/// What a person does and when: every gesture once, in random order, with pauses around them.
struct GestureScript {
  struct Trial {
    let motion: HandMotion
    /// The labelled stretch, in µs.
    let begin: Int64
    let end: Int64
  }

  let trials: [Trial]
  /// In µs.
  let duration: Int64
  private let transition: Int64

  init(
    of person: GesturePerson, gestures: [Gesture], timing: GestureTiming,
    using random: inout SplitMix64
  ) {
    var trials: [Trial] = []
    // Whole milliseconds, so that labels are round numbers.
    func length(_ range: ClosedRange<Int64>) -> Int64 {
      let span = (range.upperBound - range.lowerBound) / 1000 + 1
      return range.lowerBound + 1000 * Int64(random.nextInteger(below: Int(span)))
    }
    var time = length(timing.pause)
    for index in random.permutation(of: gestures.count) {
      let motion = person.motion(of: gestures[index], using: &random)
      let end = time + length(timing.trial)
      trials.append(Trial(motion: motion, begin: time, end: end))
      time = end + length(timing.pause)
    }
    self.trials = trials
    duration = time
    transition = timing.transition
  }

  /// Where the hands are; the time in µs.
  func hands(at time: Int64) -> Hands {
    let isNear = { (trial: Trial) in
      time > trial.begin - transition && time < trial.end + transition
    }
    guard let trial = trials.first(where: isNear) else { return .rest }
    let beyond = max(trial.begin - time, time - trial.end, 0)
    let s = 1 - Double(beyond) / Double(transition)
    let hands = trial.motion.hands(at: Double(time - trial.begin) * 1e-6)
    // The minimum-jerk profile, as of ``SaccadeScene``.
    return Hands.rest.moved(s * s * s * (10 + s * (6 * s - 15)), to: hands)
  }
}
