import Events
import Foundation

/// Recordings of N-MNIST's shape: 34 x 34 pixels, three saccades of 100 ms, about 13 events a millisecond, whose pixels
/// depend on the class. The same events for the same seed on every machine.
struct PipelineStreams {
  static let geometry = SensorGeometry.nmnist
  static let classes = 10

  /// Events in a recording.
  var events = 4000
  /// Length of a recording in microseconds.
  var length: Int64 = 300_000
  var seed: UInt64 = 1

  func label(_ index: Int) -> Int { index % Self.classes }

  /// The recording of this number, its events in the order of their times.
  func recording(_ index: Int) -> EventBatch {
    var random = SplitMix64(seed: seed, stream: UInt64(index))
    let times = (0..<events).map { _ in Int64.random(in: 0..<length, using: &random) }.sorted()
    var batch = EventBatch()
    batch.reserveCapacity(events)
    let angle = Double(label(index)) / Double(Self.classes) * .pi
    for time in times {
      // A bar at the angle of the class that moves along a triangle, as the sensor does.
      let phase = Double(time) / Double(length) * 3
      let leg = phase.rounded(.down)
      let offset = (leg == 1 ? 1 : -1) * (phase - leg - 0.5) * 6
      let along = Double.random(in: -12...12, using: &random)
      let across = Double.random(in: -2.5...2.5, using: &random) + offset
      let x = 17 + along * cos(angle) - across * sin(angle)
      let y = 17 + along * sin(angle) + across * cos(angle)
      batch.append(
        t: time, x: UInt16(max(0, min(33, x))), y: UInt16(max(0, min(33, y))),
        on: Bool.random(using: &random))
    }
    return batch
  }

  /// Writes `count` recordings into `folder` as `<label>/<number>.bin`.
  func write(_ count: Int, into folder: String) throws {
    for index in 0..<count {
      let directory = "\(folder)/\(label(index))"
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true)
      let name = String(format: "%05d.bin", index)
      try Data(NMNISTCodec.encode(recording(index))).write(
        to: URL(fileURLWithPath: "\(directory)/\(name)"))
    }
  }
}
