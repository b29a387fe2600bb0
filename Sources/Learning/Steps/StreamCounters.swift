/// What has happened to one stream so far.
public struct StreamCounters: Codable, Equatable, Sendable {
  /// Events that entered a step.
  public var events = 0
  /// Events dropped because their step was closed.
  public var lateEvents = 0
  /// Steps closed.
  public var steps = 0
  /// Trials that ended.
  public var trials = 0
  /// Trials that ended with a label and were learned from.
  public var trialsLearned = 0
  /// Labelled trials that could not be learned as a whole, for they had more events than are kept, or too many steps.
  public var trialsTooLong = 0
  /// Labelled trials that were predicted only, for their learning was shed.
  public var trialsShed = 0
  /// Times that membranes, traces and the open trial were cleared on request.
  public var stateResets = 0
  /// Labels that arrived after the first events of their trial.
  public var lateLabels = 0
  /// Labels dropped because too many were waiting.
  public var droppedLabels = 0
  /// Silences longer than the configured gap.
  public var timeJumps = 0
  /// Times that the stream began anew: its publisher did, or its clock.
  public var restarts = 0

  public init() {}

  /// Whether it can be computed with. The digest of a checkpoint guards against damage, not against whoever edits it.
  public var isPlausible: Bool {
    let numbers = [
      events, lateEvents, steps, trials, trialsLearned, trialsTooLong, trialsShed, stateResets,
      lateLabels, droppedLabels, timeJumps, restarts,
    ]
    return numbers.allSatisfy((0...(1 << 60)).contains)
  }

  private enum CodingKeys: String, CodingKey {
    case events, steps, trials, restarts
    case lateEvents = "late_events"
    case trialsLearned = "trials_learned"
    case trialsTooLong = "trials_too_long"
    case trialsShed = "trials_shed"
    case stateResets = "state_resets"
    case lateLabels = "late_labels"
    case droppedLabels = "dropped_labels"
    case timeJumps = "time_jumps"
  }
}
