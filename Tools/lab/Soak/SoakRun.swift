import Events
import Foundation
import Learning
import Service
import ToolSupport
import Transport

/// One soak: an engine, a sender, a receiver, a consumer that never reads, and somebody who takes it all down.
struct SoakRun {
  private let options: Soak
  private let folder: BenchFolder
  private let engine: PipelineEngine
  private var sender: SoakSender
  private let receiver = SoakReceiver()
  /// Subscribes to everything that is small, and never reads.
  private let sleeper: OutputSubscriber
  private let table: FileHandle
  private var result = SoakResult()

  init(_ options: Soak) throws {
    self.options = options
    folder = try BenchFolder()
    engine = try PipelineEngine(Self.configuration(options, in: folder), in: folder)
    let context = try Context()
    sleeper = try OutputSubscriber(
      engine.address.output, topics: ["prediction/", "latest/", "status/"], queue: 10, in: context)
    sender = try SoakSender(
      SoakStream(rate: options.rate, seed: options.seed), to: engine.address.events, in: context)
    let path = "\(options.out)/soak.csv"
    try Data((SoakRow.heading + "\n").utf8).write(to: URL(fileURLWithPath: path))
    table = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try table.seekToEnd()
    receiver.start(engine.address.output, origin: sender.origin, in: context)
  }

  private static func configuration(
    _ options: Soak, in folder: BenchFolder
  ) throws -> EngineConfiguration {
    var configuration = EngineConfiguration()
    configuration.sensor.width = SoakStream.geometry.width
    configuration.sensor.height = SoakStream.geometry.height
    configuration.transforms = [try EventTransform("downsample=4")]
    configuration.learner.classes = SoakStream.classes
    configuration.learner.hidden.neurons = LayerSizes(options.hidden)
    configuration.learner.seed = options.seed
    configuration.predictions.every = 10
    configuration.checkpoints.folder = "\(folder.path)/checkpoints"
    configuration.checkpoints.every = options.saveEvery
    return configuration
  }

  mutating func run() throws -> SoakResult {
    defer { receiver.stop() }
    let bar = ProgressBar("soak", total: Int(options.seconds))
    var window = SoakWindow(engine: engine.number)
    var nextSample = 1.0
    var nextRow = options.every
    while true {
      try sender.sendNext()
      let time = sender.origin.duration(to: .now).inSeconds
      if time >= nextSample {
        window.sample()
        nextSample += 1
      }
      if time >= nextRow {
        try note(window.row(at: time, &sender, try receiver.take(), try engine.client.status()))
        bar.update(Int(time), result.rows.last.map { "\(Int($0.residentMB)) MB" } ?? "")
        window = SoakWindow(engine: engine.number, events: sender.events)
        nextRow += options.every
      }
      if time >= options.seconds { break }
    }
    bar.finish()
    try sender.end()
    try finish()
    return result
  }

  private mutating func note(_ entry: (row: SoakRow, missing: UInt64)) throws {
    result.rows.append(entry.row)
    result.missingPredictions += entry.missing
    try table.write(contentsOf: Data((entry.row.csv + "\n").utf8))
  }

  private mutating func finish() throws {
    let deadline = ContinuousClock.now + .seconds(60)
    var status = try engine.client.status()
    while status.sources["soak"]?.acknowledged != sender.lastSequence {
      guard ContinuousClock.now < deadline else {
        throw PipelineFailure("the engine did not finish within 60 s")
      }
      Thread.sleep(forTimeInterval: 0.05)
      status = try engine.client.status()
    }
    result.missingPredictions += try lastPredictions()
    result.seconds = sender.origin.duration(to: .now).inSeconds
    result.eventsSent = sender.events
    result.eventsDone = status.stream.events
    result.lateEvents = status.stream.lateEvents
    result.missingMessages = status.missingMessages
    result.refused = status.refusedMessages
    result.checkpoints = status.checkpoints?.saved ?? 0
    result.checkpointsFailed = status.checkpoints?.failed ?? 0
    result.flatMB = options.flatMb
    result.judge(after: options.warmUp)
  }

  /// Waits for the predictions that are on their way. Returns how many did not arrive since the last row.
  private func lastPredictions() throws -> UInt64 {
    let deadline = ContinuousClock.now + .seconds(10)
    var missing: UInt64 = 0
    while true {
      let window = try receiver.take()
      let handedOut = try engine.client.status().latency.total.count
      missing += window.missing
      let next = window.next ?? 0
      guard next < handedOut else { return missing }
      guard ContinuousClock.now < deadline else { return missing + handedOut - next }
      Thread.sleep(forTimeInterval: 0.05)
    }
  }
}

/// What is gathered for one row.
private struct SoakWindow {
  private let engine: Int32
  private let begin = ContinuousClock.now
  private let eventsBefore: Int
  private let machineBefore = BenchMemory.machineTime
  private let engineBefore: Double
  private let ownBefore = BenchMemory.processorTime.own
  private var resident: [Double] = []

  init(engine: Int32, events: Int = 0) {
    self.engine = engine
    eventsBefore = events
    engineBefore = BenchMemory.processorTime(of: engine)
  }

  mutating func sample() { resident.append(BenchMemory.resident(of: engine)) }

  func row(
    at time: Double, _ sender: inout SoakSender, _ received: SoakReceiver.Window,
    _ status: EngineStatus
  ) -> (SoakRow, UInt64) {
    let seconds = begin.duration(to: .now).inSeconds
    let latency = PipelineLatency.Percentiles(received.latencies)
    let sorted = resident.sorted()
    let engineSeconds = BenchMemory.processorTime(of: engine) - engineBefore
    let ownSeconds = BenchMemory.processorTime.own - ownBefore
    let others = BenchMemory.machineTime - machineBefore - engineSeconds - ownSeconds
    defer { sender.largestDelay = 0 }
    let row = SoakRow(
      time: time, eventsPerSecond: Double(sender.events - eventsBefore) / seconds,
      residentMB: sorted.isEmpty ? 0 : sorted[sorted.count / 2], largestMB: sorted.last ?? 0,
      p50: latency.p50, p99: latency.p99, largest: latency.largest,
      senderDelay: sender.largestDelay * 1e6, predictions: received.predictions,
      accuracy: received.labelled == 0
        ? nil : Double(received.correct) / Double(received.labelled),
      queue: status.queue.messages, cores: engineSeconds / seconds,
      othersCores: max(0, others) / seconds)
    return (row, received.missing)
  }
}
