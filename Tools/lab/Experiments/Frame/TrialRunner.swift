import Events
import Learning
import ToolSupport

/// Trials, one after the other, through a learner as the engine drives it: one stream whose time goes on.
final class TrialRunner {
  /// As in `afferent-replay`.
  static let pause: Int64 = 50_000

  let network: Network<Float>
  let learner: StreamLearner
  private var transforms: TransformChain
  private var time: Int64 = 0

  /// - Parameters:
  ///   - geometry: of the trials.
  ///   - transforms: of their events, before the network sees them.
  init(
    _ configuration: LearnerConfiguration, geometry: SensorGeometry,
    transforms: [EventTransform] = []
  ) throws {
    try configuration.validate()
    self.transforms = try TransformChain(transforms, input: geometry)
    let geometry = self.transforms.output
    network = try Network<Float>(configuration, inputs: geometry.addressCount)
    learner = StreamLearner(network: network, geometry: geometry)
  }

  /// Goes on with a copy of what `other` has learned, on a stream of its own, whose events go through `transforms`.
  init(copying other: TrialRunner, transforms: [EventTransform] = []) throws {
    let geometry = other.learner.geometry
    self.transforms = try TransformChain(transforms, input: geometry)
    precondition(self.transforms.output == geometry, "a copy sees the sensor it has learned with")
    network = try Network<Float>(other.network)
    learner = StreamLearner(network: network, geometry: geometry)
  }

  /// Predicts with what `other` has learned so far and goes on learning, on a stream of its own; it learns nothing itself.
  private init(watching other: TrialRunner) {
    (transforms, network, time) = (other.transforms, other.network, other.time)
    learner = StreamLearner(network: network, geometry: other.learner.geometry)
  }

  /// Where weights move within a trial, its label acts on its own prediction: another stream of the same network then
  /// predicts the trial beforehand.
  private lazy var witness: TrialRunner? =
    network.configuration.optimiser.update == .trial ? nil : TrialRunner(watching: self)

  /// Plays a trial; without `labelled` it is predicted only.
  ///
  /// - Returns: the prediction at its end.
  func play(_ trial: MemoryTrial, labelled: Bool) throws -> Prediction? {
    var final: Prediction?
    let take = { (prediction: Prediction) in if prediction.isFinal { final = prediction } }
    let end = transforms.time(time + trial.duration)
    learner.add(
      labels: [
        StreamLabel(t: transforms.time(time), label: labelled ? trial.label : nil, end: end)
      ])
    var events = trial.events
    events.shift(by: time)
    try transforms.apply(to: &events)
    learner.add(events: events, emit: take)
    learner.endRecording(at: end, emit: take)
    // On a whole millisecond.
    time = (time + trial.duration + 999) / 1000 * 1000 + Self.pause
    return final
  }

  /// Plays `order` of a source.
  ///
  /// No label acts on the prediction of its own trial; the time that takes where weights move within a trial does not count.
  ///
  /// - Parameter each: told every trial's number in `order` and its prediction.
  func play(
    _ source: some TrialSource, _ order: [Int], labelled: Bool, progress: String? = nil,
    each: (Int, MemoryTrial, Prediction) -> Void = { _, _, _ in }
  ) throws -> TrialScore {
    var score = TrialScore()
    let bar = progress.map { ProgressBar($0, total: order.count) }
    let begin = ProcessorClock.now
    var witnessed = 0.0
    for (place, index) in order.enumerated() {
      let trial = try source.trial(index)
      let witnessing = ProcessorClock.now
      let witness = labelled ? self.witness : nil
      let foreseen = try witness?.play(trial, labelled: false)
      witnessed += ProcessorClock.now - witnessing
      guard let own = try play(trial, labelled: labelled),
        let prediction = witness == nil ? own : foreseen
      else { continue }
      score.trials += 1
      score.correct += prediction.predicted == trial.label ? 1 : 0
      score.events += trial.events.count
      score.hiddenSpikes += own.hiddenSpikes
      each(place, trial, prediction)
      bar?.update(place + 1, Format.percent(score.correct, of: score.trials))
    }
    bar?.finish()
    score.seconds = ProcessorClock.now - begin - witnessed
    return score
  }

  /// Every trial of a source once.
  func test(_ source: some TrialSource, progress: String? = nil) throws -> TrialScore {
    try play(source, Array(0..<source.count), labelled: false, progress: progress)
  }
}

/// What came of a number of trials.
struct TrialScore: Codable, Sendable {
  var trials = 0
  var correct = 0
  var events = 0
  var hiddenSpikes = 0
  /// What it took of a core.
  var seconds = 0.0

  var accuracy: Double { Double(correct) / Double(max(trials, 1)) }
  var spikesPerTrial: Double { Double(hiddenSpikes) / Double(max(trials, 1)) }
  var eventsPerTrial: Double { Double(events) / Double(max(trials, 1)) }

  private enum CodingKeys: String, CodingKey {
    case trials, correct, events
    case hiddenSpikes = "hidden_spikes"
    case seconds = "cpu_s"
  }
}
