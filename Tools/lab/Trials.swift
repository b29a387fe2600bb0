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

  /// Streams `entries` through `learner`, each as a trial that begins at time 0.
  ///
  /// - Parameters:
  ///   - labelled: whether the learner is told the classes; without, it predicts only.
  ///   - progress: what the line of progress begins with; without, there is none.
  ///   - teach: learns a recording after it was predicted, and returns its mean loss.
  static func run(
    _ entries: [LabelledFolder.Entry], on learner: StreamLearner, labelled: Bool,
    progress: String?, teach: ((LabelledFolder.Entry, EventBatch) throws -> Double)? = nil
  ) throws -> Result {
    var result = Result()
    let bar = progress.map { ProgressBar($0, total: entries.count) }
    let before = learner.counters
    let begin = ContinuousClock.now
    for entry in entries {
      let events = try RecordingReader.readAll(path: entry.path)
      try check(events, of: entry, for: learner)
      let take = { (prediction: Prediction) in
        guard prediction.isFinal else { return }
        result.trials += 1
        result.correct += prediction.predicted == entry.label ? 1 : 0
        result.hiddenSpikes += prediction.hiddenSpikes
        result.lossSum += Double(prediction.loss ?? 0)
      }
      learner.add(labels: [StreamLabel(t: 0, label: labelled ? entry.label : nil)])
      learner.add(events: events, emit: take)
      learner.endRecording(at: nil, emit: take)
      if let teach { result.lossSum += try teach(entry, events) }
      bar?.update(result.trials, Format.percent(result.correct, of: result.trials))
    }
    bar?.finish()
    result.seconds = (ContinuousClock.now - begin).inSeconds
    result.events = learner.counters.events - before.events
    result.steps = learner.counters.steps - before.steps
    return result
  }

  /// The engine refuses such messages; here the recording is named.
  private static func check(
    _ events: EventBatch, of entry: LabelledFolder.Entry, for learner: StreamLearner
  ) throws {
    let classes = learner.network.configuration.classes
    guard entry.label < classes else {
      throw ConfigurationError(
        "\(entry.name) has the class \(entry.label), learner.classes is \(classes)")
    }
    try check(events, path: entry.path, geometry: learner.geometry)
  }

  /// Refuses events outside the sensor.
  static func check(_ events: EventBatch, path: String, geometry: SensorGeometry) throws {
    for index in events.indices where !geometry.contains(x: events.x[index], y: events.y[index]) {
      throw RecordingError.outsideGeometry(
        path: path, index: index, x: Int(events.x[index]), y: Int(events.y[index]),
        geometry: geometry)
    }
  }

  /// Largest resident memory of this process so far, in MB.
  static func peakMemory() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_maxrss) / 1024
  }
}
