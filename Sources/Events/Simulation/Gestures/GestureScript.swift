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
