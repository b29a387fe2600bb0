import Events
import Foundation
import Service
import Synchronization
import ToolSupport
import Transport

/// How long a prediction takes at the rate of the sensor.
///
/// The publisher and the subscriber are two threads here, the engine is `afferent` in a process of its own, on local
/// sockets; it learns, and predicts at every step of 1 ms. Events leave in messages of ``messageMicroseconds`` of stream
/// time each, sent when the wall clock has come to the end of that time, as by a sensor that hands its events on so often.
///
/// A step is known to be over only when an event of a later step has come (a set of addresses is learned from once, and
/// an event that comes after its step has closed is lost). So there are two times to count from:
///
/// - ``transit``: the moment before the message that holds the first event of a later step is given to the socket. This
///   is what the service adds: encoding apart, all of both sockets, decoding, the step with its learning, and the
///   prediction's JSON both ways, until the subscriber holds it decoded.
/// - ``sinceLastEvent``: the moment at which the last event of the step happened. This also has the wait for the first
///   event of a later step (77 us in the mean at 13 events a millisecond), and for that event's message to be full.
struct PipelineLatency: Codable {
  /// Microseconds below which 50, 99 and 99.9 % of the steps were.
  struct Percentiles: Codable {
    var p50 = 0.0
    var p99 = 0.0
    var p999 = 0.0
    var largest = 0.0

    init(_ values: [Double]) {
      let sorted = values.sorted()
      guard let last = sorted.last else { return }
      func at(_ part: Double) -> Double {
        sorted[min(sorted.count - 1, Int((Double(sorted.count) * part).rounded(.up)))]
      }
      (p50, p99, p999, largest) = (at(0.5), at(0.99), at(0.999), last)
    }
  }

  var messageMicroseconds: Int
  var steps: Int
  var eventsPerSecond: Double
  var transit: Percentiles
  var sinceLastEvent: Percentiles
  /// Cores that other work kept busy meanwhile: with as many cores as the machine has, the figures are about the others.
  var othersCores = 0.0

  private enum CodingKeys: String, CodingKey {
    case steps
    case messageMicroseconds = "message_us"
    case eventsPerSecond = "events_per_s"
    case othersCores = "others_cores"
    case transit = "transit_us"
    case sinceLastEvent = "since_last_event_us"
  }

  static func measure(
    _ streams: PipelineStreams, _ configuration: EngineConfiguration, seconds: Double,
    messageMicroseconds: Int
  ) throws -> PipelineLatency {
    var configuration = configuration
    configuration.predictions.every = 1
    let folder = try BenchFolder()
    let engine = try PipelineEngine(configuration, in: folder)
    defer { engine.stop() }
    let context = try Context()
    let receiver = PredictionTimes(
      try OutputSubscriber(engine.address.output, topics: ["prediction/"], in: context))
    let thread = Thread { receiver.run() }
    thread.start()
    defer { receiver.stop() }
    var sender = try PacedSender(
      streams, messageMicroseconds: messageMicroseconds, to: engine.address.events, in: context)
    let others = OtherWork(besides: [engine.number])
    try sender.run(seconds: seconds)
    let othersCores = others.cores
    Thread.sleep(forTimeInterval: 0.3)
    let received = receiver.stop()
    var latency = try PipelineLatency(sender, received)
    latency.othersCores = othersCores
    return latency
  }

  private init(_ sender: PacedSender, _ received: [PredictionTimes.Arrival]) throws {
    // The first second warms caches, and the allocator, up.
    let warm = min(sender.origin + .seconds(1), .now)
    var transit: [Double] = []
    var sinceLastEvent: [Double] = []
    var message = 0
    for arrival in received.sorted(by: { $0.t < $1.t }) {
      while message < sender.messages.count, sender.messages[message].newestEvent < arrival.t {
        message += 1
      }
      guard message < sender.messages.count else { break }
      let sent = sender.messages[message].sent
      guard sent > warm, let last = sender.lastEvents[Int(arrival.t / 1000) - 1] else { continue }
      transit.append(sent.duration(to: arrival.at) / .microseconds(1))
      let happened = sender.origin + .microseconds(last)
      sinceLastEvent.append(happened.duration(to: arrival.at) / .microseconds(1))
    }
    guard transit.count > 100 else {
      throw PipelineFailure("\(transit.count) predictions for \(sender.messages.count) messages")
    }
    // A lost prediction would be left out of the percentiles.
    let times = Set(received.map(\.t))
    let missing = Int(((times.max() ?? 0) - (times.min() ?? 0)) / 1000) + 1 - times.count
    guard missing == 0 else { throw PipelineFailure("\(missing) predictions were lost") }
    messageMicroseconds = sender.messageMicroseconds
    steps = transit.count
    eventsPerSecond =
      Double(sender.events) / (sender.origin.duration(to: sender.end) / .seconds(1))
    self.transit = Percentiles(transit)
    self.sinceLastEvent = Percentiles(sinceLastEvent)
  }
}

/// Sends recordings end to end at the rate of the wall clock, and notes when.
private struct PacedSender {
  struct Message {
    var sent: ContinuousClock.Instant
    var newestEvent: Int64
  }

  let messageMicroseconds: Int
  private(set) var messages: [Message] = []
  /// Time of the last event of each step of 1 ms.
  private(set) var lastEvents: [Int: Int64] = [:]
  private(set) var events = 0
  private(set) var origin = ContinuousClock.now
  private(set) var end = ContinuousClock.now
  private let streams: PipelineStreams
  private let publisher: EventPublisher
  private var writer = EventMessageWriter(
    source: "bench", geometry: PipelineStreams.geometry, headerForm: .binary)

  init(
    _ streams: PipelineStreams, messageMicroseconds: Int, to endpoint: String, in context: Context
  ) throws {
    self.streams = streams
    self.messageMicroseconds = messageMicroseconds
    publisher = try EventPublisher(endpoint: endpoint, in: context, policy: .lossless)
    let topic = Topic.events(source: "bench").bytes
    guard try publisher.waitForSubscriber(to: topic, timeout: .seconds(10)) else {
      throw PipelineFailure("the engine does not listen")
    }
  }

  mutating func run(seconds: Double) throws {
    let recordings = Int((seconds * 1e6 / Double(streams.length)).rounded(.up))
    // Made before the clock starts.
    let batches = (0..<recordings).map { index in
      var batch = streams.recording(index)
      batch.shift(by: Int64(index) * streams.length)
      return batch
    }
    origin = .now + .milliseconds(50)
    for (index, batch) in batches.enumerated() {
      let begin = Int64(index) * streams.length
      try send(batch, [StreamLabel(t: begin, label: streams.label(index))], from: begin)
    }
    end = .now
  }

  private mutating func send(
    _ batch: EventBatch, _ labels: [StreamLabel], from begin: Int64
  ) throws {
    var labels = labels
    var first = 0
    var time = begin
    while time < begin + streams.length {
      time += Int64(messageMicroseconds)
      var end = first
      while end < batch.count, batch.t[end] < time {
        lastEvents[Int(batch.t[end] / 1000)] = batch.t[end]
        end += 1
      }
      guard end > first else { continue }
      let frames = try writer.events(
        batch, range: first..<end, tBase: batch.t[first], labels: labels)
      labels = []
      let left = ContinuousClock.now.duration(to: origin + .microseconds(time))
      if left > .zero { Thread.sleep(forTimeInterval: left / .seconds(1)) }
      messages.append(Message(sent: .now, newestEvent: batch.t[end - 1]))
      try publisher.send(frames)
      events += end - first
      first = end
    }
  }
}

/// Notes when each prediction at a step's end was received and decoded.
private final class PredictionTimes: @unchecked Sendable {
  struct Arrival {
    var t: Int64
    var at: ContinuousClock.Instant
  }

  // Touched by the thread that runs, until it has ended.
  private let subscriber: OutputSubscriber
  private var arrivals: [Arrival] = []
  private let isStopped = Atomic<Bool>(false)
  private let ended = DispatchSemaphore(value: 0)

  init(_ subscriber: OutputSubscriber) {
    self.subscriber = subscriber
    arrivals.reserveCapacity(1 << 16)
  }

  func run() {
    while !isStopped.load(ordering: .acquiring) {
      guard let prediction = try? subscriber.prediction(timeout: .milliseconds(50)) else {
        continue
      }
      if !prediction.isFinal { arrivals.append(Arrival(t: prediction.t, at: .now)) }
    }
    ended.signal()
  }

  @discardableResult
  func stop() -> [Arrival] {
    isStopped.store(true, ordering: .releasing)
    ended.wait()
    ended.signal()
    return arrivals
  }
}
