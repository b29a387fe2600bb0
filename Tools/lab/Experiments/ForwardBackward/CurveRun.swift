import Events
import Learning

/// Learns trials in one order from one set of weights, whatever the method.
struct CurveRun {
  let job: CurveJob
  let set: TrialSet

  func outcome() throws -> CurveOutcome {
    let learner = try learner()
    let interval = max(1, job.learned / 20)
    var progressive: [Double] = []
    var correct = 0
    var seconds = 0.0
    for (place, index) in order.enumerated() {
      let trial = set.learned.trial(index)
      let steps = job.gradient.steps(of: trial, geometry: set.geometry)
      let begin = ProcessorClock.now
      let predicted = try learner.learn(steps, trial.label)
      seconds += ProcessorClock.now - begin
      correct += predicted == trial.label ? 1 : 0
      // The last interval may be a shorter one.
      let size = place % interval + 1
      guard size == interval || place + 1 == job.learned else { continue }
      progressive.append(Double(correct) / Double(size))
      correct = 0
    }
    let (accuracy, spikes) = test(learner)
    return CurveOutcome(
      interval: interval, progressive: progressive, accuracy: accuracy, spikes: spikes,
      seconds: seconds)
  }

  private func learner() throws -> any CurveLearner {
    var configuration = job.gradient.configuration
    configuration.seed = job.seed
    configuration.optimiser.learningRate = job.rate
    configuration.optimiser.schedule.shape = .linear
    configuration.optimiser.schedule.trials = job.learned
    let network = try Network<Float>(configuration, inputs: set.geometry.addressCount)
    return job.method == .backward
      ? try BackwardCurveLearner(network) : ForwardCurveLearner(network, job.method)
  }

  /// The learned trials: the same for all methods. Those behind them are left for the choice of rates.
  private var order: [Int] {
    var random = SplitMix64(seed: job.seed, stream: 0)
    return random.permutation(of: job.learned)
  }

  private func test(_ learner: any CurveLearner) -> (accuracy: Double, spikes: Double) {
    let source = job.isChoice ? set.learned : set.unseen
    let first = job.isChoice ? job.learned : 0
    var (correct, spikes) = (0, 0)
    for index in first..<first + job.tested {
      let trial = source.trial(index)
      let found = learner.predict(job.gradient.steps(of: trial, geometry: set.geometry))
      correct += found.class == trial.label ? 1 : 0
      spikes += found.hiddenSpikes
    }
    let count = Double(max(job.tested, 1))
    return (Double(correct) / count, Double(spikes) / count)
  }
}
