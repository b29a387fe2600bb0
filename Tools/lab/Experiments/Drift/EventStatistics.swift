import Events

/// What the events of some trials look like, so that it is seen what a disturbance does to them.
struct EventStatistics: Codable, Sendable {
  private(set) var trials = 0
  private(set) var count = 0
  private(set) var onEvents = 0
  private var x = Moments()
  private var y = Moments()
  private var t = Moments()

  /// Sums of a number, of its square, and how often there was one.
  private struct Moments: Codable, Sendable {
    var count = 0.0
    var sum = 0.0
    var squares = 0.0

    mutating func add(_ value: Double) {
      count += 1
      sum += value
      squares += value * value
    }

    var mean: Double { sum / max(count, 1) }
    var deviation: Double { max(squares / max(count, 1) - mean * mean, 0).squareRoot() }
  }

  /// - Parameter transforms: of the trials as the one stream that ``TrialRunner`` makes of them.
  init(_ source: some TrialSource, _ transforms: [EventTransform]) throws {
    var chain = try TransformChain(transforms, input: source.geometry)
    var time: Int64 = 0
    for index in 0..<source.count {
      let trial = try source.trial(index)
      var events = trial.events
      events.shift(by: time)
      try chain.apply(to: &events)
      events.shift(by: -time)
      add(events)
      time += trial.duration + TrialRunner.pause
    }
  }

  private mutating func add(_ batch: EventBatch) {
    trials += 1
    for index in batch.indices {
      let event = batch[index]
      count += 1
      onEvents += event.on ? 1 : 0
      x.add(Double(event.x))
      y.add(Double(event.y))
      t.add(Double(event.t))
    }
  }

  var eventsPerTrial: Double { Double(count) / Double(max(trials, 1)) }
  var onShare: Double { Double(onEvents) / Double(max(count, 1)) }
  var meanX: Double { x.mean }
  var meanY: Double { y.mean }
  var deviationX: Double { x.deviation }
  var deviationY: Double { y.deviation }
  /// Of the times within a trial, in microseconds.
  var deviationT: Double { t.deviation }
}
