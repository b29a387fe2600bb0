import Events
import Learning

/// A configuration of a loss of output spikes, 3 classes and steps of a millisecond.
func lossConfiguration(
  _ kind: LossKind, _ change: (inout LearnerConfiguration) -> Void = { _ in }
) -> LearnerConfiguration {
  smallConfiguration {
    $0.readout.kind = .spiking
    $0.loss.kind = kind
    $0.loss.tau = 5
    $0.loss.trial = 20
    change(&$0)
  }
}

func vector<Scalar: LearningScalar>(_ numbers: [Double]) -> LaneVector<Scalar> {
  let vector = LaneVector<Scalar>(count: numbers.count)
  vector.contents = numbers.map { Scalar($0) }
  return vector
}

extension LaneVector {
  var doubles: [Double] { contents.map { Double($0) } }
}

/// How far a result may be from its twin in `Double`.
func tolerance<Scalar: LearningScalar>(_ type: Scalar.Type) -> Double {
  MemoryLayout<Scalar>.size == 4 ? 1e-4 : 1e-9
}

/// How far a result may be from central differences, which are off by a quarter of their step at a kink.
func slopeTolerance<Scalar: LearningScalar>(_ type: Scalar.Type) -> Double {
  MemoryLayout<Scalar>.size == 4 ? 1e-4 : 1e-6
}

/// Whether two lists agree within `limit` of the larger of 1 and their largest number.
func agree(_ found: [Double], _ expected: [Double], within limit: Double) -> Bool {
  guard found.count == expected.count else { return false }
  let scale = max(1, expected.map(abs).max() ?? 0)
  return zip(found, expected).allSatisfy { abs($0 - $1) <= limit * scale }
}

/// The gradient of `function` at `point` by central differences.
func numericalGradient(
  at point: [Double], step: Double = 1e-6, _ function: ([Double]) -> Double
) -> [Double] {
  point.indices.map { index in
    var (low, high) = (point, point)
    low[index] -= step
    high[index] += step
    return (function(high) - function(low)) / (2 * step)
  }
}

/// -log softmax(z) of the label, plainly.
func crossEntropy(_ z: [Double], label: Int) -> Double {
  let largest = z.max() ?? 0
  var sum = 0.0
  for number in z { sum += Double.exponential(number - largest) }
  return Double.logarithm(sum) + largest - z[label]
}

/// Outputs that spike in each step, each with probability `rate`.
func randomSpikes(_ steps: Int, classes: Int, rate: Double, seed: UInt64) -> [[Int32]] {
  randomSteps(steps, inputs: classes, rate: rate, seed: seed)
}

/// A record of these steps.
func record(_ spikes: [[Int32]], classes: Int = 3) -> OutputRecord {
  let record = OutputRecord(classes: classes)
  for step in spikes { record.append(spikes: step) }
  return record
}

/// A trial's loss with its adjoints at every step.
struct EvaluatedTrial {
  var loss: Double
  var spike: [[Double]] = []
  var time: [[Double]] = []

  init<Scalar: LearningScalar>(
    _ configuration: LearnerConfiguration, _ record: OutputRecord, label: Int,
    ratio: Double = 1, as type: Scalar.Type
  ) {
    let trial = TrialLoss<Scalar>(configuration)
    loss = Double(trial.evaluate(record, label: label, ratio: Scalar(ratio)))
    let spikeAdjoint: LaneVector<Scalar> = vector([9, 9, 9])
    let timeAdjoint: LaneVector<Scalar> = vector([9, 9, 9])
    for step in 0..<record.steps {
      trial.adjoints(at: step, spikeAdjoint: spikeAdjoint, timeAdjoint: timeAdjoint)
      spike.append(spikeAdjoint.doubles)
      time.append(timeAdjoint.doubles)
    }
  }
}
