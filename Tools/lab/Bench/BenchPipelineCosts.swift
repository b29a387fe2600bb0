import Events
import Foundation
import Learning
import Service

/// What everything around the network costs, each part by itself on one thread.
struct PipelineCosts: Codable {
  /// ``StreamLearner`` with a network of 8 hidden neurons that only predicts, without the time of the same network fed
  /// with steps that are already cut; by event and by step of the same run.
  var learnerNanosecondsPerEvent = 0.0
  var learnerMicrosecondsPerStep = 0.0
  /// Time of that network in a step.
  var networkMicrosecondsPerStep = 0.0
  /// Checking and decoding messages of 512 events.
  var decodeNanosecondsPerEvent = 0.0
  /// Writing such messages.
  var encodeNanosecondsPerEvent = 0.0
  /// Reading recordings from files that the system has in memory.
  var readNanosecondsPerEvent = 0.0

  private enum CodingKeys: String, CodingKey {
    case learnerNanosecondsPerEvent = "learner_ns_per_event"
    case learnerMicrosecondsPerStep = "learner_us_per_step"
    case networkMicrosecondsPerStep = "network_us_per_step"
    case decodeNanosecondsPerEvent = "decode_ns_per_event"
    case encodeNanosecondsPerEvent = "encode_ns_per_event"
    case readNanosecondsPerEvent = "read_ns_per_event"
  }

  /// The least of several runs: what others do on the machine only adds.
  static func measure(_ streams: PipelineStreams, recordings: Int = 50) throws -> PipelineCosts {
    let batches = (0..<recordings).map { streams.recording($0) }
    let events = Double(batches.reduce(0) { $0 + $1.count })
    var costs = PipelineCosts()
    try costs.measureLearner(batches, events)
    try costs.measureMessages(batches, events)
    try costs.measureFiles(streams, recordings, events)
    return costs
  }

  private mutating func measureLearner(_ batches: [EventBatch], _ events: Double) throws {
    var configuration = LearnerConfiguration()
    configuration.hidden.neurons = [8]
    let network = try Network<Float>(
      configuration, inputs: PipelineStreams.geometry.addressCount)
    let learner = StreamLearner(
      network: network, geometry: PipelineStreams.geometry, isLearning: false)
    let cut = batches.map {
      TrialSteps(of: $0, geometry: PipelineStreams.geometry, configuration: configuration).active
    }
    let state = network.makeState()
    let steps = Double(cut.reduce(0) { $0 + $1.count })
    let alone = Self.least {
      for trial in cut {
        for step in trial { network.infer(step, in: state) }
      }
    }
    let whole = Self.least {
      for batch in batches {
        learner.add(labels: [StreamLabel(t: 0, label: 1)])
        learner.add(events: batch) { _ in }
        learner.endRecording(at: nil) { _ in }
      }
    }
    learnerNanosecondsPerEvent = (whole - alone) / events * 1e9
    learnerMicrosecondsPerStep = (whole - alone) / steps * 1e6
    networkMicrosecondsPerStep = alone / steps * 1e6
  }

  private mutating func measureMessages(_ batches: [EventBatch], _ events: Double) throws {
    var messages: [[[UInt8]]] = []
    encodeNanosecondsPerEvent =
      try Self.least {
        messages.removeAll(keepingCapacity: true)
        var writer = EventMessageWriter(
          source: "bench", geometry: PipelineStreams.geometry, headerForm: .binary)
        for batch in batches {
          for first in stride(from: 0, to: batch.count, by: 512) {
            let range = first..<min(first + 512, batch.count)
            messages.append(try writer.events(batch, range: range, tBase: 0))
          }
        }
      } / events * 1e9
    let received = messages.map { $0.map(Self.kept) }
    defer { for frame in received.joined() { frame.deallocate() } }
    let limits = EventMessage.Limits(geometry: PipelineStreams.geometry, classes: 10)
    var decoded = 0
    decodeNanosecondsPerEvent =
      try Self.least {
        for frames in received {
          if case .events(_, _, let events, _) = try EventMessage.decode(frames, limits: limits) {
            decoded += events.count
          }
        }
      } / events * 1e9
    precondition(decoded > 0, "nothing decoded")
  }

  /// The bytes at a place of their own, as libzmq keeps them.
  private static func kept(_ bytes: [UInt8]) -> UnsafeRawBufferPointer {
    let place = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
    place.copyBytes(from: bytes)
    return UnsafeRawBufferPointer(place)
  }

  private mutating func measureFiles(
    _ streams: PipelineStreams, _ recordings: Int, _ events: Double
  ) throws {
    let folder = try BenchFolder()
    try streams.write(recordings, into: folder.path)
    let entries = try LabelledSet(path: folder.path).recordings
    readNanosecondsPerEvent =
      try Self.least {
        for entry in entries { _ = try RecordingReader.readAll(path: entry.path) }
      } / events * 1e9
  }

  private static func least(_ body: () throws -> Void) rethrows -> Double {
    var least = Double.infinity
    for _ in 0..<12 {
      let begin = ContinuousClock.now
      try body()
      least = min(least, begin.duration(to: .now) / .seconds(1))
    }
    return least
  }
}

/// A folder with a path short enough for local sockets; it goes away with its last reference.
final class BenchFolder {
  let path: String

  init() throws {
    path = "/tmp/aff-bench-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
