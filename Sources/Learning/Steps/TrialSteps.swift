import Events

/// The steps of a recording that is one trial.
public struct TrialSteps: Equatable, Sendable {
  /// The addresses that spike in each step, ascending.
  public private(set) var active: [[Int32]] = []
  /// Steps before which membranes and traces begin anew, for the silence before them was too long.
  public private(set) var restarts: [Int] = []

  /// Cuts `events` as ``StreamLearner`` cuts a trial that begins at 0 and ends after its last event.
  ///
  /// - Precondition: all of them lie inside `geometry`.
  public init(
    of events: EventBatch, geometry: SensorGeometry, configuration: LearnerConfiguration
  ) {
    var history = EventHistory(capacity: events.count)
    var reorder = ReorderBuffer(window: configuration.stream.reorderWindow)
    var newest: Int64 = 0
    func keep(_ time: Int64, _ address: Int32) {
      history.append(time: time, address: address)
      newest = max(newest, time)
    }
    for index in events.indices {
      let address = geometry.address(
        x: events.x[index], y: events.y[index], on: events.on[index])
      reorder.insert(time: events.t[index], address: address, body: keep)
    }
    reorder.flush(body: keep)
    var stepper = Stepper(dt: configuration.stepMicroseconds, addresses: geometry.addressCount)
    history.forEachStep(
      from: 0, to: newest + 1, maxGap: configuration.stream.maxGap * 1000, using: &stepper
    ) { step in
      if let step { active.append(step) } else { restarts.append(active.count) }
    }
  }

  /// Hands each step on as ``Network/learnTrial(label:in:steps:)`` takes it: nothing before a restart.
  public func forEach(_ body: ([Int32]?) -> Void) {
    var next = 0
    for (step, addresses) in active.enumerated() {
      if next < restarts.count, restarts[next] == step {
        body(nil)
        next += 1
      }
      body(addresses)
    }
  }
}
