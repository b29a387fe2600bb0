import Events
import Learning

/// One code with one objective, from one seed.
struct CodesJob: ExperimentJob {
  var code: CodeName
  var objective: ObjectiveName
  var seed: UInt64
  var steps: Int
  var hidden: Int
  /// Learned from, each picture once.
  var trials: Int
  var searchTrials: Int
  var heldOut: Int
  var tests: Int
  /// Hidden spikes a neuron and trial before learning.
  var spikesAtFirst: Double

  var name: String { "\(code.rawValue), \(objective.title), seed \(seed)" }

  struct Outcome: Codable, Sendable {
    var inputGain: Double
    var searched: [SearchedRate]
    var rate: Double
    /// Accuracy before learning of each, over blocks of trials.
    var progress: [Double]
    /// Trials after which 90 % of the last ``CodesJob/window`` were right before they were learned.
    var trialsTo90: Int?
    var learningSecondsTo90: Double?
    var learningSeconds: Double
    var accuracy: Double
    var inputSpikes: Double
    var hiddenSpikes: Double
    var outputSpikes: Double

    private enum CodingKeys: String, CodingKey {
      case searched, rate, progress, accuracy
      case inputGain = "input_gain"
      case trialsTo90 = "trials_to_90"
      case learningSecondsTo90 = "learning_cpu_s_to_90"
      case learningSeconds = "learning_cpu_s"
      case inputSpikes = "input_spikes"
      case hiddenSpikes = "hidden_spikes"
      case outputSpikes = "output_spikes"
    }
  }

  /// Trials of a point of the curve.
  var block: Int { max(1, trials / 40) }
  /// Trials that are looked back on.
  var window: Int { min(500, max(trials / 4, 1)) }
}

/// Runs jobs on pictures.
struct CodesStudy: Sendable {
  /// To learn from, to choose settings on, and to test on.
  var training: Pictures
  var heldOut: Pictures
  var testing: Pictures

  func run(_ job: CodesJob) throws -> CodesJob.Outcome {
    var configuration = job.objective.configuration(
      steps: job.steps, hidden: job.hidden, trials: job.searchTrials)
    configuration.seed = job.seed
    configuration.initialisation.inputGain = try gain(job, configuration)
    let search = try RateSearch { rate in
      configuration.optimiser.learningRate = rate
      let coded = try CodedNetwork(configuration, geometry: CodedPictures.geometry)
      let source = source(training, job)
      for index in order(job).prefix(job.searchTrials) {
        let (steps, label) = source.trial(index)
        coded.learn(steps, label: label)
      }
      return 1 - test(coded, source: self.source(heldOut, job), count: job.heldOut).accuracy
    }
    configuration.optimiser.learningRate = search.best
    configuration.optimiser.schedule.trials = job.trials
    let coded = try CodedNetwork(configuration, geometry: CodedPictures.geometry)
    var outcome = CodesJob.Outcome(
      inputGain: configuration.initialisation.inputGain,
      searched: search.trials.map { .init(rate: $0.rate, accuracy: 1 - $0.loss) },
      rate: configuration.optimiser.learningRate, progress: [], learningSeconds: 0, accuracy: 0,
      inputSpikes: 0, hiddenSpikes: 0, outputSpikes: 0)
    learn(coded, job, &outcome)
    let score = test(coded, source: source(testing, job), count: job.tests)
    (outcome.accuracy, outcome.inputSpikes) = (score.accuracy, score.inputSpikes)
    (outcome.hiddenSpikes, outcome.outputSpikes) = (score.hiddenSpikes, score.outputSpikes)
    return outcome
  }

  private func source(_ pictures: Pictures, _ job: CodesJob) -> CodedPictures {
    CodedPictures(pictures: pictures, code: job.code.code(steps: job.steps), seed: job.seed)
  }

  private func order(_ job: CodesJob) -> [Int] {
    var random = SplitMix64(seed: job.seed, stream: 1 << 40)
    return random.permutation(of: training.count)
  }

  /// The gain of the input weights with which untrained hidden neurons spike as often as the job wants, so that no code has
  /// weights that were made for another.
  private func gain(_ job: CodesJob, _ configuration: LearnerConfiguration) throws -> Double {
    let source = source(heldOut, job)
    let trials = (0..<min(50, heldOut.count)).map { source.trial($0).steps }
    var (low, high) = (0.05, 100.0)
    for _ in 0..<9 {
      let gain = (low * high).squareRoot()
      var configuration = configuration
      configuration.initialisation.inputGain = gain
      let coded = try CodedNetwork(configuration, geometry: CodedPictures.geometry)
      let spikes = trials.reduce(0) { $0 + coded.predict($1).hiddenSpikes }
      let mean = Double(spikes) / Double(max(trials.count, 1) * job.hidden)
      if mean < job.spikesAtFirst { low = gain } else { high = gain }
    }
    return (low * high).squareRoot()
  }

  private func learn(_ coded: CodedNetwork, _ job: CodesJob, _ outcome: inout CodesJob.Outcome) {
    let source = source(training, job)
    let (block, window) = (job.block, job.window)
    var right: [Bool] = []
    var recent = 0
    for index in order(job).prefix(job.trials) {
      let (steps, label) = source.trial(index)
      right.append(coded.predict(steps).predicted == label)
      let begin = ProcessorClock.now
      coded.learn(steps, label: label)
      outcome.learningSeconds += ProcessorClock.now - begin
      recent += right[right.count - 1] ? 1 : 0
      if right.count > window { recent -= right[right.count - window - 1] ? 1 : 0 }
      if outcome.trialsTo90 == nil, right.count >= window, 10 * recent >= 9 * window {
        outcome.trialsTo90 = right.count
        outcome.learningSecondsTo90 = outcome.learningSeconds
      }
      if right.count % block == 0 {
        outcome.progress.append(
          Double(right.suffix(block).count { $0 }) / Double(block))
      }
    }
  }

  private typealias Score = (
    accuracy: Double, inputSpikes: Double, hiddenSpikes: Double, outputSpikes: Double
  )

  private func test(_ coded: CodedNetwork, source: CodedPictures, count: Int) -> Score {
    let count = min(count, source.pictures.count)
    var (right, input, hidden, output) = (0, 0, 0, 0)
    for index in 0..<count {
      let (steps, label) = source.trial(index)
      let answer = coded.predict(steps)
      right += answer.predicted == label ? 1 : 0
      input += answer.inputSpikes
      hidden += answer.hiddenSpikes
      output += answer.outputSpikes
    }
    let total = Double(max(count, 1))
    return (
      Double(right) / total, Double(input) / total, Double(hidden) / total, Double(output) / total
    )
  }
}
