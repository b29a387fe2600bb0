import Events
import Foundation
import Learning
import ToolSupport

/// Recordings, one after the other, through a learner.
enum Trials {
  /// What a pass over recordings came to.
  struct Result: Encodable {
    var trials = 0
    var correct = 0
    var events = 0
    var steps = 0
    var hiddenSpikes = 0
    var lossSum = 0.0
    var seconds = 0.0

    var accuracy: Double { trials == 0 ? 0 : Double(correct) / Double(trials) }

    private enum CodingKeys: String, CodingKey {
      case trials, correct, accuracy, events, steps, seconds
      case loss = "mean_loss"
      case hiddenSpikes = "hidden_spikes_per_sample"
      case samplesPerSecond = "samples_per_s"
      case eventsPerSecond = "events_per_s"
      case stepMicroseconds = "step_us"
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(trials, forKey: .trials)
      try container.encode(correct, forKey: .correct)
      try container.encode(accuracy, forKey: .accuracy)
      try container.encode(events, forKey: .events)
      try container.encode(steps, forKey: .steps)
      try container.encode(seconds, forKey: .seconds)
      let count = Double(max(trials, 1))
      if lossSum > 0 { try container.encode(lossSum / count, forKey: .loss) }
      try container.encode(Double(hiddenSpikes) / count, forKey: .hiddenSpikes)
      try container.encode(Double(trials) / seconds, forKey: .samplesPerSecond)
      try container.encode(Double(events) / seconds, forKey: .eventsPerSecond)
      try container.encode(seconds / Double(max(steps, 1)) * 1e6, forKey: .stepMicroseconds)
    }

    /// One line for people.
    func text(progressive: Bool) -> String {
      let kind = progressive ? "progressive accuracy" : "accuracy on unseen recordings"
      return "\(kind) \(Format.percent(correct, of: trials)) (\(correct)/\(trials))"
        + "  \(Format.decimal(Double(trials) / seconds, 1)) samples/s"
        + "  \(Format.count(Int(Double(events) / seconds))) events/s"
        + "  \(Format.decimal(seconds / Double(max(steps, 1)) * 1e6, 1)) us a step"
        + "  \(hiddenSpikes / max(trials, 1)) hidden spikes a sample"
    }
  }

  /// Streams `recordings` through `learner`, as they would come to the engine.
  ///
  /// - Parameters:
  ///   - labelled: whether the learner is told the classes; without, it predicts only.
  ///   - progress: what the line of progress begins with; without, there is none.
  ///   - stream: what the recordings continue; without, a new one of the learner's sensor.
  ///   - teach: learns a recording that is one trial after it was predicted, and returns its mean loss.
  static func run(
    _ recordings: [LabelledRecording], on learner: StreamLearner, labelled: Bool,
    progress: String?, stream: TrialStream? = nil,
    teach: ((LabelledRecording, EventBatch) throws -> Double)? = nil
  ) throws -> Result {
    try check(recordings, for: learner, asWhole: teach != nil)
    let stream =
      try stream ?? TrialStream(TransformChain([], input: learner.geometry))
    var result = Result()
    let bar = progress.map { ProgressBar($0, total: recordings.count) }
    let before = learner.counters
    let begin = ContinuousClock.now
    for (index, recording) in recordings.enumerated() {
      // By the time their trial begins.
      var classes: [Int64: Int] = [:]
      var taught = EventBatch()
      let take = { (prediction: Prediction) in
        guard prediction.isFinal, let trial = prediction.trial,
          let label = classes.removeValue(forKey: trial.begin)
        else { return }
        result.trials += 1
        result.correct += prediction.predicted == label ? 1 : 0
        result.hiddenSpikes += prediction.hiddenSpikes
        result.lossSum += Double(prediction.loss ?? 0)
      }
      let remark = { Format.percent(result.correct, of: result.trials) }
      let end = try stream.play(
        recording, progress: { bar?.update(index, part: $0, remark()) },
        take: { events, labels, begin in
          for label in labels { classes[label.t] = label.label }
          learner.add(
            labels: labels.map {
              StreamLabel(t: $0.t, label: labelled ? $0.label : nil, end: $0.end, name: $0.name)
            })
          learner.add(events: events, emit: take)
          if teach != nil { taught.append(events, shiftedBy: -begin) }
        })
      learner.endRecording(at: end, emit: take)
      if let teach { result.lossSum += try teach(recording, taught) }
      bar?.update(index + 1, remark())
    }
    bar?.finish()
    result.seconds = (ContinuousClock.now - begin).inSeconds
    result.events = learner.counters.events - before.events
    result.steps = learner.counters.steps - before.steps
    return result
  }

  /// The engine refuses such labels; here the recording is named.
  private static func check(
    _ recordings: [LabelledRecording], for learner: StreamLearner, asWhole: Bool
  ) throws {
    let classes = learner.network.configuration.classes
    for recording in recordings {
      for label in recording.stretches.compactMap(\.label) where label >= classes {
        throw ConfigurationError(
          "\(recording.name) has the class \(label), learner.classes is \(classes)")
      }
      guard !asWhole || recording.isWhole else {
        throw ConfigurationError(
          "\(recording.name) has trials amid it; the reference learns recordings that are one trial"
        )
      }
    }
  }

  /// Refuses events outside the sensor.
  static func check(_ events: EventBatch, path: String, geometry: SensorGeometry) throws {
    guard let index = events.firstOutside(geometry) else { return }
    throw RecordingError.outsideGeometry(
      path: path, index: index, x: Int(events.x[index]), y: Int(events.y[index]),
      geometry: geometry)
  }

  /// Largest resident memory of this process so far, in MB.
  static func peakMemory() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_maxrss) / 1024
  }
}

extension EventBatch {
  fileprivate mutating func append(_ other: EventBatch, shiftedBy offset: Int64) {
    var moved = other
    moved.shift(by: offset)
    append(moved)
  }
}
