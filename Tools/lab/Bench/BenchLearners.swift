import Events
import Learning

/// Recordings through a bare network: events are cut into steps, and steps are run.
final class BenchNetworkSubject: BenchSubject {
  private let network: Network<Float>
  private let geometry: SensorGeometry
  private let samples: BenchSamples
  private let learns: Bool
  private let state: NetworkState<Float>
  private var next = 0

  init(_ model: BenchModel, learns: Bool = true) throws {
    network = try model.network()
    geometry = model.shape.geometry
    samples = model.samples
    self.learns = learns
    state = network.makeState()
  }

  func run(_ count: Int) -> BenchWork {
    var work = BenchWork()
    for _ in 0..<count {
      let sample = samples[next]
      next += 1
      let steps = TrialSteps(
        of: sample.events, geometry: geometry, configuration: network.configuration)
      state.reset()
      for active in steps.active {
        if learns {
          network.step(active, teaching: .label(sample.label), in: state)
        } else {
          network.infer(active, in: state)
        }
        work.hiddenSpikes += state.hiddenSpikeCount
      }
      if learns { network.endTrial(in: state) }
      work.steps += steps.active.count
      work.events += sample.events.count
    }
    (work.units, work.samples) = (count, count)
    work.streamTime = Int64(work.steps) * network.configuration.stepMicroseconds
    return work
  }
}

/// Recordings through all that the engine does with a stream, each a trial.
final class BenchStreamSubject: BenchSubject {
  private let learner: StreamLearner
  private let samples: BenchSamples
  private let learns: Bool
  private var next = 0

  init(_ model: BenchModel, learns: Bool = true) throws {
    learner = StreamLearner(network: try model.network(), geometry: model.shape.geometry)
    samples = model.samples
    self.learns = learns
  }

  func run(_ count: Int) -> BenchWork {
    var work = BenchWork()
    let before = learner.counters
    for _ in 0..<count {
      let sample = samples[next]
      next += 1
      let take = { (prediction: Prediction) in work.hiddenSpikes += prediction.hiddenSpikes }
      learner.add(labels: [StreamLabel(t: 0, label: learns ? sample.label : nil)])
      learner.add(events: sample.events, emit: take)
      learner.endRecording(at: nil, emit: take)
    }
    (work.units, work.samples) = (count, count)
    work.steps = learner.counters.steps - before.steps
    work.events = learner.counters.events - before.events
    work.streamTime = Int64(work.steps) * learner.network.configuration.stepMicroseconds
    return work
  }
}

/// Recordings through a stream that does not end, one trial after the other.
final class BenchEndlessSubject: BenchSubject {
  private let learner: StreamLearner
  private let samples: BenchSamples
  private var next = 0
  private(set) var memoryNotes: [String: Double] = [:]

  /// - Parameter ages: trials after which the resident memory is noted, ascending, with what the note is called; the
  ///   last one is the age from which it is measured.
  init(_ model: BenchModel, ages: [(name: String, trials: Int)]) throws {
    learner = StreamLearner(network: try model.network(), geometry: model.shape.geometry)
    samples = model.samples
    for age in ages {
      _ = run(age.trials - next)
      memoryNotes[age.name] = BenchMemory.resident
    }
  }

  func run(_ count: Int) -> BenchWork {
    var work = BenchWork()
    let before = learner.counters
    for _ in 0..<count {
      let sample = samples[next]
      let begin = Int64(next) * BenchStrokes.length
      next += 1
      var events = sample.events
      events.shift(by: begin)
      let take = { (prediction: Prediction) in work.hiddenSpikes += prediction.hiddenSpikes }
      learner.add(labels: [StreamLabel(t: begin, label: sample.label)])
      learner.add(events: events, emit: take)
    }
    (work.units, work.samples) = (count, count)
    work.steps = learner.counters.steps - before.steps
    work.events = learner.counters.events - before.events
    work.streamTime = Int64(work.steps) * learner.network.configuration.stepMicroseconds
    return work
  }
}
