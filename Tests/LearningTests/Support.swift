import Events
import Foundation
import Learning

/// A small configuration that the tests change where they need to.
func smallConfiguration(
  _ change: (inout LearnerConfiguration) -> Void = { _ in }
) -> LearnerConfiguration {
  var configuration = LearnerConfiguration()
  configuration.classes = 3
  configuration.hidden.neurons = 12
  configuration.hidden.tauMembrane = 10
  configuration.readout.tau = 15
  configuration.optimiser.learningRate = 0.01
  change(&configuration)
  return configuration
}

/// The two ways to learn that a configuration offers.
enum Way: String, CaseIterable, Sendable, CustomStringConvertible {
  case sgdByStep, sgdByTrial, adamByTrial

  func apply(to configuration: inout LearnerConfiguration) {
    configuration.optimiser.method = self == .adamByTrial ? .adam : .sgd
    configuration.optimiser.update = self == .sgdByStep ? .step : .trial
  }

  var description: String { rawValue }
}

/// Steps of random input: each address spikes in a step with probability `rate`.
func randomSteps(
  _ count: Int, inputs: Int, rate: Double, seed: UInt64
) -> [[Int32]] {
  var random = SplitMix64(seed: seed)
  return (0..<count).map { _ in
    (0..<Int32(inputs)).filter { _ in random.nextUniform() < rate }
  }
}

/// Random events in order of time, several of them in most steps, from `begin` for `duration`
/// microseconds; about one event in twenty repeats the address of the one before it.
func randomEvents(
  _ geometry: SensorGeometry, from begin: Int64, duration: Int64, meanInterval: Double,
  seed: UInt64
) -> [Event] {
  var random = SplitMix64(seed: seed)
  var events: [Event] = []
  var time = Double(0)
  while true {
    time += random.nextExponential() * meanInterval
    guard time < Double(duration) else { return events }
    var event = Event(
      t: begin + Int64(time), x: UInt16(random.nextInteger(below: geometry.width)),
      y: UInt16(random.nextInteger(below: geometry.height)), on: random.nextUniform() < 0.5)
    if let last = events.last, random.nextUniform() < 0.05 {
      (event.x, event.y, event.on) = (last.x, last.y, last.on)
    }
    events.append(event)
  }
}

/// Random events of a 6x6 sensor in a range of stream time.
func events(
  _ range: Range<Int64>, meanInterval: Double = 200, seed: UInt64 = 13
) -> [Event] {
  randomEvents(
    SensorGeometry(width: 6, height: 6), from: range.lowerBound,
    duration: range.upperBound - range.lowerBound, meanInterval: meanInterval, seed: seed)
}

/// What a recording left behind, for comparisons.
struct Outcome: Equatable {
  var digest: String
  var rates: [Float]
  var counters: StreamCounters
  var predictions: [Prediction]

  var finals: [Prediction] { predictions.filter(\.isFinal) }
}

/// One learner and what it has said so far.
final class Session {
  let network: Network<Float>
  let learner: StreamLearner
  private(set) var predictions: [Prediction] = []

  init(
    _ configuration: LearnerConfiguration,
    geometry: SensorGeometry = SensorGeometry(width: 6, height: 6), isLearning: Bool = true,
    predictEvery: Int = 0
  ) throws {
    network = try Network(configuration, inputs: geometry.addressCount)
    learner = StreamLearner(
      network: network, geometry: geometry, isLearning: isLearning, predictEvery: predictEvery)
  }

  func label(_ labels: StreamLabel...) { learner.add(labels: labels) }

  func send(_ events: some Sequence<Event>) {
    learner.add(events: EventBatch(events)) { predictions.append($0) }
  }

  func advance(to time: Int64) {
    learner.advance(to: time) { predictions.append($0) }
  }

  func end(at time: Int64? = nil) {
    learner.endRecording(at: time) { predictions.append($0) }
  }

  var finals: [Prediction] { predictions.filter(\.isFinal) }

  var outcome: Outcome {
    Outcome(
      digest: network.weightsDigest, rates: network.firingRates, counters: learner.counters,
      predictions: predictions)
  }
}

/// A session of a small network that spikes and says what it predicts along the way.
func makeSession(
  _ way: Way, _ change: (inout LearnerConfiguration) -> Void = { _ in }
) throws -> Session {
  try Session(
    smallConfiguration {
      way.apply(to: &$0)
      $0.initialisation.inputGain = 3
      change(&$0)
    }, predictEvery: 7)
}

/// The largest difference between two lists, in units of the largest number of the second.
func relativeError(_ found: [Double], _ expected: [Double]) -> Double {
  guard found.count == expected.count else { return .infinity }
  let scale = expected.map(abs).max() ?? 0
  let difference = zip(found, expected).map { abs($0 - $1) }.max() ?? 0
  // A comparison with not-a-number must fail.
  guard difference.isFinite, !zip(found, expected).contains(where: { ($0 - $1).isNaN }) else {
    return .infinity
  }
  return scale > 0 ? difference / scale : difference
}

/// The rows of a list that holds a matrix row by row.
func rows(_ numbers: [Double], columns: Int) -> [[Double]] {
  stride(from: 0, to: numbers.count, by: columns).map { Array(numbers[$0..<$0 + columns]) }
}

/// A folder that goes away with its last reference.
final class Folder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "learning-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  func file(_ name: String) -> String { path + "/" + name }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

extension Network {
  /// The gradients of the first hidden layer's and of the readout's weights.
  func gradient(in state: NetworkState<Scalar>) -> (input: [Scalar], readout: [Scalar]) {
    let all = Dictionary(uniqueKeysWithValues: gradients(in: state).map { ($0.name, $0.values) })
    return (all["input.weight"] ?? [], all["readout.weight"] ?? [])
  }
}
