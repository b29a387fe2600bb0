import Events
import Learning
import Service

/// A short recording of one of four classes: each class has two columns of the 8x8 sensor.
struct TestTrial: Sendable {
  static let eventCount = 200
  static let length: Int64 = 40_000

  var label: Int?
  var begin: Int64
  var name: String?
  /// Events from the begin of the trial on.
  var events: EventBatch

  /// - Parameter index: decides the class and the random numbers.
  init(_ index: Int, begin: Int64 = 0, labelled: Bool = true) {
    var random = SplitMix64(seed: 11, stream: UInt64(index))
    let shown = index % 4
    self.begin = begin
    label = labelled ? shown : nil
    name = "trial \(index)"
    events = EventBatch()
    for step in 0..<Self.eventCount {
      events.append(
        t: begin + Int64(step) * Self.length / Int64(Self.eventCount),
        x: UInt16(2 * shown) + UInt16(random.next() % 2), y: UInt16(random.next() % 8),
        on: random.next() % 2 == 0)
    }
  }

  /// Trials one after the other, 50 ms apart.
  static func series(_ range: Range<Int>, labelled: Bool = true) -> [TestTrial] {
    range.map { TestTrial($0, begin: Int64($0) * 50_000, labelled: labelled) }
  }

  var end: Int64 { begin + Self.length }
  var streamLabel: StreamLabel { StreamLabel(t: begin, label: label, name: name) }

  /// The messages of the trial: events, the first with the label, and the end of the recording.
  func messages(
    _ writer: inout EventMessageWriter, eventsPerMessage: Int = 64
  ) throws -> [[[UInt8]]] {
    var messages: [[[UInt8]]] = []
    for first in stride(from: 0, to: events.count, by: eventsPerMessage) {
      messages.append(
        try writer.events(
          events, range: first..<min(first + eventsPerMessage, events.count), tBase: begin,
          labels: first == 0 ? [streamLabel] : []))
    }
    return messages + [writer.endOfRecording(at: end)]
  }
}

/// The same learning without sockets: what an engine has to come to.
struct Twin {
  let network: Network<Float>
  let learner: StreamLearner
  private(set) var predictions: [Prediction] = []

  init(_ configuration: EngineConfiguration, isLearning: Bool = true) throws {
    let geometry = try configuration.transformChain().output
    network = try Network<Float>(configuration.learner, inputs: geometry.addressCount)
    learner = StreamLearner(network: network, geometry: geometry, isLearning: isLearning)
  }

  mutating func run(_ trial: TestTrial) {
    learner.add(labels: [trial.streamLabel])
    learner.add(events: trial.events) { predictions.append($0) }
    learner.endRecording(at: trial.end) { predictions.append($0) }
  }

  mutating func run(_ trials: [TestTrial]) {
    for trial in trials { run(trial) }
  }

  var digest: String { network.weightsDigest }
}

extension TestTrial {
  /// Events, one every millisecond: with a label and many neurons they keep an engine busy for a while.
  static func long(milliseconds: Int) -> [Event] {
    (0..<milliseconds).map {
      Event(t: Int64($0) * 1000, x: UInt16($0 % 8), y: UInt16($0 / 8 % 8), on: true)
    }
  }
}
