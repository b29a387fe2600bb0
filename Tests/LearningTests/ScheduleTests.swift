import Events
import Foundation
import Learning
import Testing

@Suite struct ScheduleTests {
  private typealias Shape = LearnerConfiguration.Schedule.Shape

  /// The formula of the documentation, with the C library's functions.
  private func plain(
    _ n: Int, _ shape: Shape, rate: Double, trials: Int, final: Double, warmup: Int
  ) -> Double {
    if n < warmup { return rate * Double(n + 1) / Double(warmup) }
    let x = min(1, Double(n - warmup) / Double(trials))
    switch shape {
    case .constant: return rate
    case .linear: return rate * (1 - (1 - final) * x)
    case .exponential: return rate * pow(final, x)
    case .cosine: return rate * (final + (1 - final) * (1 + cos(Double.pi * x)) / 2)
    }
  }

  @Test("Every shape follows its formula", arguments: Shape.allCases)
  func formula(shape: LearnerConfiguration.Schedule.Shape) {
    for (warmup, trials, final) in [(0, 1, 0.5), (0, 704, 0.05), (13, 100, 0.2), (7, 50, 1)] {
      let schedule = LearningRateSchedule(
        learningRate: 0.003, shape: shape, trials: trials, final: final, warmup: warmup)
      for n in 0..<warmup + 2 * trials + 5 {
        let expected = plain(
          n, shape, rate: 0.003, trials: trials, final: final, warmup: warmup)
        let found = schedule.rate(learnedTrials: n)
        #expect(abs(found - expected) <= 0.003 * 2e-15, "\(shape) at \(n) of \(trials)")
      }
    }
  }

  @Test("Edges are exact", arguments: Shape.allCases)
  func edges(shape: LearnerConfiguration.Schedule.Shape) {
    let schedule = LearningRateSchedule(
      learningRate: 0.01, shape: shape, trials: 40, final: 0.25, warmup: 8)
    #expect(schedule.rate(learnedTrials: 0) == 0.01 / 8)
    #expect(schedule.rate(learnedTrials: 3) == 0.01 / 2)
    #expect(schedule.rate(learnedTrials: 7) == 0.01)
    #expect(schedule.rate(learnedTrials: 8) == 0.01)
    let last = shape == .constant ? 0.01 : 0.0025
    #expect(schedule.rate(learnedTrials: 48) == last)
    #expect(schedule.rate(learnedTrials: 1_000_000_000) == last)
    if shape != .constant { #expect(schedule.rate(learnedTrials: 47) > last) }
    let rates = (7..<60).map { schedule.rate(learnedTrials: $0) }
    #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 >= $1 })
  }

  /// With a final part of 0 and a rate of 1 the cosine itself shows.
  @Test func theCosineIsRight() {
    let schedule = LearningRateSchedule(
      learningRate: 1, shape: .cosine, trials: 100_000, final: 0)
    for n in 0...100_000 {
      let found = 2 * schedule.rate(learnedTrials: n) - 1
      #expect(abs(found - cos(Double.pi * Double(n) / 100_000)) <= 1e-15, "at \(n)")
    }
  }

  @Test func exponentialToNothing() throws {
    let schedule = LearningRateSchedule(
      learningRate: 1, shape: .exponential, trials: 10, final: 0)
    #expect(schedule.rate(learnedTrials: 0) == 1)
    #expect(schedule.rate(learnedTrials: 1) == 0)
    var configuration = LearnerConfiguration()
    configuration.optimiser.schedule.shape = .exponential
    try configuration.validate()
    configuration.optimiser.schedule.final = 0
    let error = #expect(throws: ConfigurationError.self) { try configuration.validate() }
    #expect(error?.description.contains("optimiser.schedule.final is 0") == true)
    configuration.optimiser.schedule.shape = .cosine
    try configuration.validate()
  }

  /// A rate that has fallen to 0 moves nothing more, however weights are moved.
  @Test("A network learns at the rate of its schedule", arguments: Way.allCases)
  func aNetworkFollows(way: Way) throws {
    let configuration = smallConfiguration {
      way.apply(to: &$0)
      $0.optimiser.schedule.shape = .linear
      $0.optimiser.schedule.trials = 2
      $0.optimiser.schedule.final = 0
    }
    let network = try Network<Float>(configuration, inputs: 20)
    let state = network.makeState()
    var digests = [network.weightsDigest]
    for trial in 0..<4 {
      state.reset()
      for active in randomSteps(60, inputs: 20, rate: 0.1, seed: 4) {
        network.step(active, target: 0, in: state)
      }
      network.endTrial(in: state)
      #expect(network.learnedTrials == trial + 1)
      digests.append(network.weightsDigest)
    }
    #expect(digests[0] != digests[1])
    #expect(digests[1] != digests[2])
    #expect(digests[2] == digests[3])
    #expect(digests[3] == digests[4])
  }

  /// A resumed model goes on where the schedule was.
  @Test("Checkpoints hold the schedule's place", arguments: Way.allCases)
  func checkpoints(way: Way) throws {
    let folder = try Folder()
    let configuration = smallConfiguration {
      way.apply(to: &$0)
      $0.optimiser.schedule.shape = .cosine
      $0.optimiser.schedule.trials = 4
    }
    let geometry = SensorGeometry(width: 6, height: 6)
    func learn(_ network: Network<Float>, _ trials: Range<Int>) {
      let state = network.makeState()
      for trial in trials {
        state.reset()
        for active in randomSteps(60, inputs: 72, rate: 0.05, seed: UInt64(trial)) {
          network.step(active, target: trial % 3, in: state)
        }
        network.endTrial(in: state)
      }
    }
    let through = try Network<Float>(configuration, inputs: geometry.addressCount)
    learn(through, 0..<4)
    let first = try Network<Float>(configuration, inputs: geometry.addressCount)
    learn(first, 0..<2)
    try Checkpoint.save(first, geometry: geometry, to: folder.file("model"))
    let second = try Network<Float>(configuration, inputs: geometry.addressCount)
    try Checkpoint.load(folder.file("model"), into: second, geometry: geometry)
    #expect(second.learnedTrials == 2)
    learn(second, 2..<4)
    #expect(second.weightsDigest == through.weightsDigest)
  }
}
