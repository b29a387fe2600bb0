import Events

/// A remedy against forgetting: a few past trials are kept, and some of them are learned once more after each new one.
///
/// What is kept is chosen by class-balancing reservoir sampling, so that classes that have not come for long keep their
/// places (see ``ClassBalancedReservoir``); which of the kept ones come again, evenly at random. All streams of a network share
/// it. A kept trial is learned in a state apart, at the learning rate of the trial that it follows; it is not judged, and
/// does not count as learned for the schedule of the rate.
///
/// Rehearsal of stored examples goes back to Ratcliff 1990 and Robins 1995; that a small and plain memory goes far in one pass
/// is the finding of Chaudhry et al. 2019 ("On tiny episodic memories in continual learning").
///
/// Memory: 12 bytes an event, at most `trials` times `events_per_trial` of them.
public final class Rehearsal {
  /// A trial that is kept, with the times of its events from its begin on.
  struct Trial {
    /// Microseconds.
    var duration: Int64
    var events: EventHistory
  }

  private let settings: LearnerConfiguration.Rehearsal
  let addresses: Int
  let longest: Int64
  var random: SplitMix64
  var reservoir: ClassBalancedReservoir<Trial>
  /// Trials that were learned once more.
  public internal(set) var rehearsed = 0
  /// Trials that could not be kept, for they had too many events or took too long.
  public internal(set) var skipped = 0

  /// Nothing where the configuration keeps no trials.
  init?(_ configuration: LearnerConfiguration, addresses: Int) {
    settings = configuration.rehearsal
    guard settings.trials > 0 else { return nil }
    self.addresses = addresses
    longest = Int64(settings.longest) * 1000
    random = SplitMix64(seed: configuration.seed, stream: 0x400)
    reservoir = ClassBalancedReservoir(capacity: settings.trials, classes: configuration.classes)
  }

  /// Kept trials of each class.
  public var kept: [Int] { reservoir.kept }
  /// Events of all kept trials.
  public var keptEvents: Int { reservoir.items.reduce(0) { $0 + $1.element.events.count } }
  /// Bytes that these take.
  public var memory: Int { keptEvents * EventHistory.bytesPerEvent }

  /// Hands on the trials that are to be learned once more now.
  func forEachChosen(_ body: (_ label: Int, _ trial: Trial) -> Void) {
    guard !reservoir.items.isEmpty else { return }
    for _ in 0..<settings.perTrial {
      let item = reservoir.items[random.nextInteger(below: reservoir.items.count)]
      body(item.label, item.element)
      rehearsed += 1
    }
  }

  /// Takes the trial [begin, end) of `history` in, or not.
  func keep(label: Int, from begin: Int64, to end: Int64, of history: EventHistory) {
    let (duration, overflow) = end.subtractingReportingOverflow(begin)
    guard !overflow, duration <= longest, history.reaches(begin),
      let count = Optional(history.count(from: begin, to: end)), count <= settings.eventsPerTrial
    else {
      skipped += 1
      return
    }
    reservoir.add(label: label, random: &random) {
      Trial(duration: duration, events: history.part(from: begin, to: end, count: count))
    }
  }
}

extension Network {
  /// Learns once more what ``Rehearsal`` chooses.
  ///
  /// - Parameters:
  ///   - maxGap: of the stream, in microseconds.
  ///   - stepper: without an open step; it is left so.
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Float)
  func rehearse(maxGap: Int64, using stepper: inout Stepper) {
    guard let rehearsal, let state = rehearsalState else { return }
    let trials = learnedTrials
    rehearsal.forEachChosen { label, trial in
      learnTrial(
        label: label, in: state,
        steps: { body in
          trial.events.forEachStep(
            from: 0, to: trial.duration, maxGap: maxGap, using: &stepper, body: body)
        })
      // What is pending of weights that move at every step is stored; nothing is left for the next one.
      state.reset()
      resume(learnedTrials: trials)
    }
  }
}

extension StreamLearner {
  /// What follows each trial that was learned: kept ones come again, and this one may be kept.
  func rehearse(after label: Int, from begin: Int64, to end: Int64) {
    guard let rehearsal = network.rehearsal else { return }
    network.rehearse(maxGap: maxGap, using: &replayStepper)
    rehearsal.keep(label: label, from: begin, to: end, of: history)
  }
}

extension EventHistory {
  static var bytesPerEvent: Int { 12 }

  /// Events of [begin, end).
  func count(from begin: Int64, to end: Int64) -> Int {
    var count = 0
    forEach { time, _ in count += time >= begin && time < end ? 1 : 0 }
    return count
  }

  /// A copy of the `count` events of [begin, end), with times from `begin` on.
  func part(from begin: Int64, to end: Int64, count: Int) -> EventHistory {
    var part = EventHistory(capacity: count)
    part.reserve()
    forEach { time, address in
      if time >= begin && time < end { part.append(time: time - begin, address: address) }
    }
    return part
  }
}
