import Learning
import Testing

/// Target trains, the filter behind outputs and targets, and the loss between them.
@Suite struct SpikeTrainTests {
  /// Steps in which each output should spike, found as the error that a silent output is left with.
  func wantedSteps(_ configuration: LearnerConfiguration, label: Int, steps: Int) -> [[Int]] {
    var configuration = configuration
    // A filter without memory: every step shows its own spikes only.
    configuration.loss.tau = 1e-3
    let state = LossState<Double>(configuration)
    let error = LaneVector<Double>(count: 3)
    var wanted: [[Int]] = [[], [], []]
    for step in 0..<steps {
      _ = state.evaluate(
        filtered: LaneVector(count: 3), target: .label(label), error: error)
      for index in 0..<3 where error[index] != 0 {
        #expect(error[index] == -1)
        wanted[index].append(step)
      }
    }
    return wanted
  }

  @Test(
    arguments: [
      (4.0, 1.0, 20.0, [2, 7, 12, 17], [10]),
      (3, 0, 20, [3, 10, 16], []),
      (20, 2, 20, Array(0..<20), [5, 15]),
      (40, 0, 20, Array(0..<20), []),
      (1, 0, 1, [0], []),
      (7, 3, 100, [7, 21, 35, 50, 64, 78, 92], [16, 50, 83]),
      (-3, 0.4, 20, [], []),
      (2.6, 0.5, 18, [3, 9, 15], [9]),
    ] as [(Double, Double, Double, [Int], [Int])])
  func labelsGiveEvenTrains(
    target: Double, other: Double, trial: Double, class spikes: [Int], rest: [Int]
  ) {
    for label in 0..<3 {
      let configuration = lossConfiguration(.spikeTrain) {
        $0.loss.target = target
        $0.loss.other = other
        $0.loss.trial = trial
      }
      let found = wantedSteps(configuration, label: label, steps: Int(trial) + 30)
      for index in 0..<3 {
        #expect(found[index] == (index == label ? spikes : rest), "output \(index)")
      }
    }
  }

  @Test func everySpikeOfAnEvenTrainIsFound() {
    for count in [1, 2, 3, 7, 11, 30, 49, 97, 100] {
      for trial in [30.0, 97, 100, 300] {
        let configuration = lossConfiguration(.spikeTrain) {
          $0.loss.target = Double(count)
          $0.loss.other = 0
          $0.loss.trial = trial
        }
        var expected: [Int] = []
        for spike in 0..<count {
          let step = Int(((Double(spike) + 0.5) * trial / Double(count)).rounded(.down))
          if expected.last != step { expected.append(step) }
        }
        #expect(wantedSteps(configuration, label: 1, steps: Int(trial))[1] == expected)
      }
    }
  }

  @Test func lengthsOfTrialsAreInSteps() {
    let configuration = lossConfiguration(.spikeTrain) {
      $0.stepMicroseconds = 100
      $0.loss.target = 2
      $0.loss.trial = 3
    }
    // 30 steps of 0.1 ms.
    #expect(wantedSteps(configuration, label: 0, steps: 40)[0] == [7, 22])
  }

  /// The kernel as the sum it is defined by, with its largest value 1.
  func kernel(_ configuration: LearnerConfiguration, steps: Int) -> [Double] {
    let dt = Double(configuration.stepMicroseconds) / 1000
    func power(_ tau: Double, _ n: Int) -> Double {
      n == 0 ? 1 : (tau == 0 ? 0 : Double.exponential(-dt * Double(n) / tau))
    }
    let plain = (0..<steps).map { n in
      (0...n).reduce(0.0) {
        $0 + power(configuration.loss.tauSynapse, $1) * power(configuration.loss.tau, n - $1)
      }
    }
    let largest = plain.max() ?? 1
    return plain.map { $0 / largest }
  }

  func checkFilter<Scalar: LearningScalar>(
    tau: Double, tauSynapse: Double, as type: Scalar.Type
  ) {
    let configuration = lossConfiguration(.spikeTrain) {
      $0.loss.tau = tau
      $0.loss.tauSynapse = tauSynapse
    }
    let steps = 120
    let eps = kernel(configuration, steps: steps)
    let outputs = randomSpikes(steps, classes: 3, rate: 0.2, seed: 3)
    let targets = randomSpikes(steps, classes: 3, rate: 0.1, seed: 4)
    func convolved(_ spikes: [[Int32]], _ output: Int, _ t: Int) -> Double {
      (0...t).reduce(0.0) { $0 + (spikes[$1].contains(Int32(output)) ? eps[t - $1] : 0) }
    }
    let filter = OutputFilter<Scalar>(configuration)
    let state = LossState<Scalar>(configuration)
    let error = LaneVector<Scalar>(count: 3)
    for _ in 0..<2 {
      filter.reset()
      state.reset()
      for t in 0..<steps {
        filter.step(outputs[t])
        let y = (0..<3).map { convolved(outputs, $0, t) }
        let wanted = (0..<3).map { convolved(targets, $0, t) }
        #expect(agree(filter.output.doubles, y, within: tolerance(type)))
        let loss = state.evaluate(
          filtered: filter.output, target: .train(targets[t]), error: error)
        func plain(_ y: [Double]) -> Double {
          zip(y, wanted).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) / 2 }
        }
        #expect(agree([Double(loss)], [plain(y)], within: tolerance(type)))
        let slope = numericalGradient(at: y, plain)
        #expect(agree(error.doubles, slope, within: slopeTolerance(type)))
        #expect(
          agree(error.doubles, zip(y, wanted).map { $0 - $1 }, within: tolerance(type)))
      }
    }
  }

  @Test(arguments: [(5.0, 0.0), (5, 2), (2, 5), (4, 4), (1e-3, 6), (1e-3, 0)])
  func trainsAreComparedThroughTheKernel(tau: Double, tauSynapse: Double) {
    checkFilter(tau: tau, tauSynapse: tauSynapse, as: Double.self)
    checkFilter(tau: tau, tauSynapse: tauSynapse, as: Float.self)
  }

  @Test(arguments: [(1e12, 1e12), (1e12, 0.0), (1e-3, 1e12), (1e6, 20.0)])
  func extremeKernelsStayFinite(tau: Double, tauSynapse: Double) {
    let configuration = lossConfiguration(.spikeTrain) {
      $0.loss.tau = tau
      $0.loss.tauSynapse = tauSynapse
    }
    let filter = OutputFilter<Float>(configuration)
    for _ in 0..<1000 { filter.step([0, 2]) }
    #expect(filter.output.contents.allSatisfy { $0.isFinite })
    #expect(filter.output[0] > 0 && filter.output[1] == 0)
  }

  @Test func onlineCountsAreNotFiltered() {
    for kind in [LossKind.spikeCountOnline, .enhancedCountOnline] {
      let filter = OutputFilter<Float>(lossConfiguration(kind) { $0.loss.tauSynapse = 3 })
      let spikes = randomSpikes(500, classes: 3, rate: 0.4, seed: 8)
      for step in spikes { filter.step(step) }
      for output in 0..<3 {
        let count = spikes.filter { $0.contains(Int32(output)) }.count
        #expect(filter.output[output] == Float(count))
      }
    }
  }
}
