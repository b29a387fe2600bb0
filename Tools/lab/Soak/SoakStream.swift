import Events
import Foundation

/// Labelled events of a 128x128 sensor at a steady rate: a bar at the angle of its class moves to and fro, a tenth is noise.
struct SoakStream {
  static let geometry = SensorGeometry(width: 128, height: 128)
  static let classes = 10
  /// Length of a trial in microseconds.
  static let length: Int64 = 300_000

  private let trials: [EventBatch]

  /// - Parameter rate: events a second.
  init(rate: Int, seed: UInt64) {
    trials = (0..<Self.classes).map { Self.trial(label: $0, rate: rate, seed: seed) }
  }

  func label(_ index: Int) -> Int { index * 7 % Self.classes }

  /// The events of trial `index`, in stream time.
  func events(_ index: Int) -> EventBatch {
    var batch = trials[label(index)]
    batch.shift(by: Int64(index) * Self.length)
    return batch
  }

  private static func trial(label: Int, rate: Int, seed: UInt64) -> EventBatch {
    let count = Int(Double(rate) * Double(length) * 1e-6)
    var random = SplitMix64(seed: seed, stream: UInt64(label))
    let times = (0..<count).map { _ in Int64.random(in: 0..<length, using: &random) }.sorted()
    let angle = Double(label) / Double(classes) * .pi
    var batch = EventBatch()
    batch.reserveCapacity(count)
    for time in times {
      let phase = Double(time) / Double(length) * 2 * .pi
      let isNoise = Double.random(in: 0..<1, using: &random) < 0.1
      let along = Double.random(in: -50...50, using: &random)
      let across =
        isNoise
        ? Double.random(in: -60...60, using: &random)
        : Double.random(in: -4...4, using: &random) + 20 * sin(phase)
      let x = 64 + along * cos(angle) - across * sin(angle)
      let y = 64 + along * sin(angle) + across * cos(angle)
      batch.append(
        t: time, x: UInt16(max(0, min(127, x))), y: UInt16(max(0, min(127, y))),
        on: Bool.random(using: &random))
    }
    return batch
  }
}
