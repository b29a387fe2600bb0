import Events
import Foundation
import Synchronization
import ToolSupport

/// The trials of a source, kept in four bytes an event, for those that come again and again.
struct KeptTrials: TrialSource {
  let geometry: SensorGeometry
  private let packed: [[UInt32]]
  private let labels: [UInt8]
  private let durations: [Int64]

  /// What is made so far.
  private struct Made {
    var packed: [[UInt32]]
    var labels: [UInt8]
    var durations: [Int64]
    var next = 0
    var done = 0
    var failure: (any Error)?
    let bar: ProgressBar?
  }

  /// Makes all trials on all cores.
  ///
  /// - Parameter progress: what a bar is called that shows how far it is; without it there is none.
  init(_ source: some TrialSource, progress: String? = nil) throws {
    geometry = source.geometry
    guard geometry.addressCount <= 1 << 13 else {
      throw ExperimentError("a sensor of \(geometry) pixels has too many addresses to keep trials")
    }
    let (count, geometry) = (source.count, geometry)
    let made = Mutex(
      Made(
        packed: .init(repeating: [], count: count), labels: .init(repeating: 0, count: count),
        durations: .init(repeating: 0, count: count),
        bar: progress.map { ProgressBar($0, total: count) }))
    let threads = ProcessInfo.processInfo.activeProcessorCount
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      while true {
        let begin = made.withLock { made in
          defer { made.next += 64 }
          return made.failure == nil ? made.next : count
        }
        guard begin < count else { return }
        for index in begin..<min(begin + 64, count) {
          let trial = Result { try source.trial(index) }
          let packed = Result { try Self.pack(trial.get().events, geometry, index) }
          made.withLock { made in
            do {
              made.packed[index] = try packed.get()
              let trial = try trial.get()
              guard let label = UInt8(exactly: trial.label) else {
                throw ExperimentError(
                  "trial \(index) has the class \(trial.label), the limit is 255")
              }
              made.labels[index] = label
              made.durations[index] = trial.duration
            } catch { made.failure = error }
            made.done += 1
            made.bar?.update(made.done)
          }
        }
      }
    }
    (packed, labels, durations) = try made.withLock { made in
      made.bar?.finish()
      if let failure = made.failure { throw failure }
      return (made.packed, made.labels, made.durations)
    }
  }

  var count: Int { packed.count }

  func trial(_ index: Int) -> MemoryTrial {
    var events = EventBatch()
    let words = packed[index]
    events.reserveCapacity(words.count)
    let pixels = UInt32(geometry.width * geometry.height)
    let width = UInt32(geometry.width)
    for word in words {
      let address = word & 0x1FFF
      let pixel = address >= pixels ? address - pixels : address
      events.append(
        t: Int64(word >> 13), x: UInt16(pixel % width), y: UInt16(pixel / width),
        on: address >= pixels)
    }
    return MemoryTrial(events: events, label: Int(labels[index]), duration: durations[index])
  }

  /// 19 bits of microseconds above 13 of the address; a trial is shorter than 524 ms.
  private static func pack(
    _ events: EventBatch, _ geometry: SensorGeometry, _ number: Int
  ) throws -> [UInt32] {
    try events.indices.map { index in
      let event = events[index]
      guard (0..<1 << 19).contains(event.t) else {
        throw ExperimentError("trial \(number) has an event at \(event.t) us, the limit is 524287")
      }
      let address = geometry.address(x: event.x, y: event.y, on: event.on)
      return UInt32(event.t) << 13 | UInt32(address)
    }
  }
}
