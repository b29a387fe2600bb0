import Events
import Foundation
import Learning
import Logging
import Service
import Synchronization
import Testing

/// What an engine tells those who look on.
@Suite(.timeLimit(.minutes(10))) struct SightTests {
  /// The sums over all activity messages until a number of steps has been told.
  private func activity(
    _ subscriber: OutputSubscriber, steps: Int
  ) throws -> [ActivityMessage] {
    var messages: [ActivityMessage] = []
    while messages.reduce(0, { $0 + $1.header.steps }) < steps {
      guard let (topic, frames) = try subscriber.receive(timeout: .seconds(10)) else {
        throw Stuck(description: "\(messages.count) messages, then no activity for 10 s")
      }
      guard topic.hasPrefix("activity/") else { continue }
      #expect(topic == "activity/default/")
      messages.append(try ActivityMessage(frames: frames))
    }
    return messages
  }

  @Test func activityHoldsTheEventsAndTheSpikes() throws {
    let running = try RunningEngine {
      $0.activity.every = 1
      $0.learner.initialisation.inputGain = 3
    }
    let subscriber = try running.subscriber("activity/", "prediction/")
    let feeder = try running.feeder()
    // Pixel (3, 2) ON in every step, pixel (1, 0) OFF in every other one.
    for first in stride(from: 0, to: 100, by: 10) {
      var events: [Event] = []
      for step in first..<first + 10 {
        events.append(Event(t: Int64(step) * 1000, x: 3, y: 2, on: true))
        if step % 2 == 0 { events.append(Event(t: Int64(step) * 1000, x: 1, y: 0, on: false)) }
      }
      try feeder.send(events)
      Thread.sleep(forTimeInterval: 0.005)
    }
    // What came last is told with what comes after it, once a message is due again.
    try feeder.waitUntilDone()
    Thread.sleep(forTimeInterval: 0.005)
    try feeder.end(at: 100_000)
    let messages = try activity(subscriber, steps: 100)
    let headers = messages.map(\.header)
    #expect(headers.map(\.sequence) == headers.indices.map(UInt64.init))
    #expect(headers.allSatisfy { $0.source == "cam" && $0.neurons == 24 && $0.scale == 1 })
    #expect(headers.allSatisfy { $0.width == 8 && $0.height == 8 && $0.scores.count == 4 })
    #expect(headers.first?.begin == 0 && headers.last?.t == 100_000)
    #expect(zip(headers, headers.dropFirst()).allSatisfy { $0.t == $1.begin })
    #expect(headers.reduce(0) { $0 + $1.events } == 150)
    var on = [Int](repeating: 0, count: 64)
    var off = on
    for message in messages {
      for cell in 0..<64 {
        on[cell] += Int(message.on[cell])
        off[cell] += Int(message.off[cell])
      }
    }
    #expect(on[2 * 8 + 3] == 100 && on.reduce(0, +) == 100)
    #expect(off[1] == 50 && off.reduce(0, +) == 50)
    for message in messages {
      // The counts are those of the raster, neuron by neuron.
      let pairs = integers(message.raster)
      var counts = [Int](repeating: 0, count: 24)
      for index in stride(from: 0, to: pairs.count, by: 2) {
        #expect((0..<Int32(message.header.steps)).contains(pairs[index]))
        counts[Int(pairs[index + 1])] += 1
      }
      #expect(counts == message.counts.shorts)
      #expect(counts.reduce(0, +) == message.header.spikes)
    }
    #expect(headers.contains { $0.spikes > 0 })
  }

  private func integers(_ bytes: [UInt8]) -> [Int32] {
    stride(from: 0, to: bytes.count, by: 4).map { first in
      bytes[first..<first + 4].reversed().reduce(0) { $0 << 8 | Int32($1) }
    }
  }

  @Test func largeSensorsAreDrawnSmaller() throws {
    let running = try RunningEngine {
      $0.activity.every = 1
      $0.sensor.width = 300
      $0.sensor.height = 200
    }
    let subscriber = try running.subscriber("activity/")
    let feeder = try running.feeder()
    try feeder.send([
      Event(t: 0, x: 299, y: 199, on: true), Event(t: 0, x: 298, y: 199, on: true),
      Event(t: 0, x: 0, y: 0, on: false),
    ])
    try feeder.end(at: 1000)
    let message = try #require(try activity(subscriber, steps: 1).first)
    #expect(message.header.scale == 3 && message.header.width == 100 && message.header.height == 67)
    #expect(message.on.last == 2 && message.off.first == 1)
    #expect(message.on.reduce(0, +) == 2 && message.off.reduce(0, +) == 1)
  }

  @Test(arguments: [("weights/", 100), ("activity/", 0)])
  func nobodyIsToldWhatNobodyAskedFor(_ topic: String, _ every: Int) throws {
    let running = try RunningEngine { $0.activity.every = every }
    let subscriber = try running.subscriber(topic)
    let feeder = try running.feeder()
    for trial in TestTrial.series(0..<3) { try feeder.send(trial) }
    try feeder.waitUntilDone()
    var statuses = 0
    while statuses < 3 {
      guard let (topic, _) = try subscriber.receive(timeout: .seconds(10)) else { break }
      #expect(!topic.hasPrefix("activity/"))
      statuses += topic.hasPrefix("status/") ? 1 : 0
    }
    #expect(statuses == 3)
  }

  @Test func lookingOnDoesNotChangeWhatIsLearned() throws {
    let running = try RunningEngine { $0.activity.every = 1 }
    let subscriber = try running.subscriber("activity/")
    var twin = try Twin(running.engine.configuration)
    let feeder = try running.feeder()
    for trial in TestTrial.series(0..<6) {
      try feeder.send(trial)
      twin.run(trial)
    }
    try feeder.waitUntilDone()
    #expect(try activity(subscriber, steps: 1).isEmpty == false)
    #expect(try running.digest() == twin.digest)
  }

  @Test(arguments: 0..<5)
  func activityThatDoesNotFitIsRefused(_ frame: Int) throws {
    let running = try RunningEngine { $0.activity.every = 1 }
    let subscriber = try running.subscriber("activity/")
    let feeder = try running.feeder()
    try feeder.send(TestTrial(0))
    var frames = try #require(try activity(subscriber, steps: 1).first).frames
    #expect(throws: Never.self) { try ActivityMessage(frames: frames) }
    frames[frame].append(0)
    #expect(throws: EngineAnswerError.self) { try ActivityMessage(frames: frames) }
    #expect(throws: EngineAnswerError.self) {
      try ActivityMessage(frames: Array(frames.prefix(frame)))
    }
  }

  @Test func theStatusTellsLatencyRatesLossAndMemory() throws {
    let running = try RunningEngine()
    let subscriber = try running.subscriber("prediction/")
    let feeder = try running.feeder()
    for trial in TestTrial.series(0..<5) { try feeder.send(trial) }
    var losses: [Double] = []
    var predictions = 0
    while losses.count < 5 {
      let prediction = try subscriber.nextPrediction()
      predictions += 1
      if prediction.isFinal, let loss = prediction.loss { losses.append(Double(loss)) }
    }
    let status = try running.status("all predictions") {
      $0.latency.total.count == predictions && $0.rates.seconds > 0
    }
    let times = status.latency
    #expect(times.recent.count == times.total.count)
    let p50 = try #require(times.total.p50)
    let p99 = try #require(times.total.p99)
    let p999 = try #require(times.total.p999)
    let largest = try #require(times.total.largest)
    #expect(p50 > 0 && p50 <= p99 && p99 <= p999 && p999 <= largest && largest < 60)
    #expect(times.sum >= largest && times.sum <= largest * Double(predictions))
    #expect(times.below == times.below.sorted() && times.below.last == UInt64(predictions))
    let mean = try #require(status.loss.mean)
    #expect(status.loss.trials == 5 && abs(mean - losses.reduce(0, +) / 5) < 1e-6)
    #expect(status.loss.recent == status.loss.mean)
    #expect(status.rates.events >= 0 && status.rates.busy >= 0)
    #expect(try #require(status.residentBytes) > 1 << 20)
  }

  @Test(arguments: [-1, 3_600_001])
  func timesBetweenActivityHaveLimits(_ every: Int) throws {
    var configuration = EngineConfiguration()
    configuration.activity.every = every
    #expect(throws: (any Error).self) { try configuration.validate() }
    configuration.activity.every = 3_600_000
    #expect(throws: Never.self) { try configuration.validate() }
  }

  @Test func logsAsJSONAreOneObjectALine() throws {
    let lines = LogLines()
    var logger = Logger(label: "test") { label in
      JSONLogHandler(label: label) { lines.add($0) }
    }
    logger[metadataKey: "kind"] = "gap"
    logger.warning("two\nlines and \"quotes\"", metadata: ["count": "3"])
    logger.debug("not told")
    let line = try #require(lines.all.first)
    #expect(lines.all.count == 1 && !line.contains("\n"))
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    #expect(object?["message"] as? String == "two\nlines and \"quotes\"")
    #expect(object?["level"] as? String == "warning")
    #expect(object?["metadata"] as? [String: String] == ["kind": "gap", "count": "3"])
    let time = try #require(object?["time"] as? String)
    #expect(time.hasSuffix("Z"))
    let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    #expect(abs(try format.parse(time).timeIntervalSinceNow) < 60)
  }
}

private final class LogLines: Sendable {
  private let lines = Mutex<[String]>([])
  var all: [String] { lines.withLock { $0 } }
  func add(_ line: String) { lines.withLock { $0.append(line) } }
}

extension [UInt8] {
  /// The bytes as uint16, little-endian.
  fileprivate var shorts: [Int] {
    stride(from: 0, to: count, by: 2).map { Int(self[$0]) | Int(self[$0 + 1]) << 8 }
  }
}
