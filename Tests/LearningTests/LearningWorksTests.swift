import Events
import Learning
import Testing

private let geometry = SensorGeometry(width: 6, height: 6)

/// Three patterns on six by six pixels: two rows each, one of them ON, among as many random events.
private func pattern(_ label: Int, seed: UInt64) -> [Event] {
  var random = SplitMix64(seed: seed, stream: 7)
  return (0..<60).map { index in
    let time = Int64(index) * 1000 + Int64(random.nextInteger(below: 1000))
    let x = UInt16(random.nextInteger(below: 6))
    if random.nextUniform() < 0.5 {
      let on = random.nextUniform() < 0.5
      return Event(t: time, x: x, y: UInt16(2 * label + (on ? 1 : 0)), on: on)
    }
    return Event(
      t: time, x: x, y: UInt16(random.nextInteger(below: 6)), on: random.nextUniform() < 0.5)
  }
}

@Suite struct LearningWorksTests {
  @Test("A small task is learned in a few dozen trials", arguments: Way.allCases)
  func learns(way: Way) throws {
    let session = try Session(
      smallConfiguration {
        way.apply(to: &$0)
        $0.hidden.neurons = 40
        $0.initialisation.inputGain = 4
        $0.initialisation.readoutGain = 0.3
        switch way {
        case .sgdByStep: $0.optimiser.learningRate = 0.002
        case .sgdByTrial: $0.optimiser.learningRate = 0.002
        case .adamByTrial: $0.optimiser.learningRate = 0.01
        }
      })
    func accuracy(of trials: Range<Int>, learning: Bool) -> (right: Double, loss: Float) {
      session.learner.isLearning = learning
      let first = session.finals.count
      for trial in trials {
        session.label(StreamLabel(t: 0, label: trial % 3))
        session.send(pattern(trial % 3, seed: UInt64(trial)))
        session.end(at: 60_000)
      }
      let finals = session.finals[first...]
      let right = finals.count { $0.isCorrect == true }
      return (
        Double(right) / Double(finals.count),
        finals.reduce(0) { $0 + ($1.loss ?? 0) } / Float(finals.count)
      )
    }
    let before = accuracy(of: 1000..<1060, learning: false)
    #expect((0.1...0.6).contains(before.right), "chance is a third")
    let early = accuracy(of: 0..<6, learning: true)
    let late = accuracy(of: 6..<60, learning: true)
    #expect(late.loss < early.loss)
    let after = accuracy(of: 1000..<1060, learning: false)
    #expect(after.right >= 0.95)
    #expect(session.finals.last?.hiddenSpikes ?? 0 > 0)
  }

  @Test("Initial weights spread over the inputs that live", arguments: [1, 0.5, 0.1])
  func initialDeviation(liveFraction: Double) throws {
    let configuration = smallConfiguration {
      $0.hidden.neurons = 300
      $0.classes = 40
      $0.initialisation.inputGain = 1.5
      $0.initialisation.liveFraction = liveFraction
      $0.initialisation.readoutGain = 0.7
    }
    let network = try Network<Double>(configuration, inputs: geometry.addressCount)
    func check(_ weights: [Double], _ expected: Double) {
      let count = Double(weights.count)
      let mean = weights.reduce(0, +) / count
      let deviation = (weights.reduce(0) { $0 + $1 * $1 } / count).squareRoot()
      // Five standard errors.
      #expect(abs(mean) < 5 * expected / count.squareRoot())
      #expect(abs(deviation / expected - 1) < 5 / (2 * count).squareRoot())
    }
    check(network.input.weights.contents, 1.5 / (liveFraction * 72).squareRoot())
    check(network.readout.weights.contents, 0.7 / Double(300).squareRoot())
  }

  @Test func eachWeightIsDrawnOnce() throws {
    // Both layers with the same deviation, so that a number drawn twice would show.
    let configuration = smallConfiguration {
      $0.initialisation.inputGain = 1
      $0.initialisation.liveFraction = 0.5
      $0.initialisation.readoutGain = 1
    }
    let single = try Network<Float>(configuration, inputs: 24)
    let double = try Network<Double>(configuration, inputs: 24)
    #expect(double.input.weights.contents.map { Float($0) } == single.input.weights.contents)
    #expect(double.readout.weights.contents.map { Float($0) } == single.readout.weights.contents)
    #expect(
      Set(double.input.weights.contents + double.readout.weights.contents).count == 24 * 12 + 36,
      "no number is drawn twice")
  }
}
