import Events
import Foundation
import Service

/// Messages of two sources through one socket, so that their order is always the same: trials with disorder, some labels
/// that come late and on their own topic, one source with a clock of 32 bits that wraps.
struct TwoSources {
  enum Frames {
    case events([[UInt8]])
    case labels([[UInt8]])

    var frames: [[UInt8]] {
      switch self {
      case .events(let frames), .labels(let frames): frames
      }
    }
  }

  private(set) var messages: [Frames] = []

  init(trials: Int) throws {
    var random = SplitMix64(seed: 5)
    let geometry = RunningEngine.geometry
    var writers = [
      EventMessageWriter(source: "wide", geometry: geometry, encoding: .t64x16y16on8),
      EventMessageWriter(
        source: "short", geometry: geometry, encoding: .spif64, headerForm: .binary),
    ]
    // The short clock wraps in the middle.
    let starts = [Int64(0), (1 << 32) - Int64(trials) * 25_000]
    func clock(_ time: Int64, _ source: Int) -> Int64 { source == 0 ? time : time & 0xFFFF_FFFF }
    for index in 0..<trials {
      for source in 0...1 {
        let trial = TestTrial(2 * index + source, begin: starts[source] + Int64(index) * 50_000)
        var events = trial.events.indices.map { trial.events[$0] }
        for place in stride(from: 2, to: events.count, by: 5) { events.swapAt(place, place - 2) }
        let batch = EventBatch(
          events.map { Event(t: clock($0.t, source), x: $0.x, y: $0.y, on: $0.on) })
        var label = trial.streamLabel
        label.t = clock(label.t, source)
        label.end = clock(trial.end, source)
        let isLate = random.next() % 3 == 0
        let size = 16 + Int(random.next() % 50)
        for first in stride(from: 0, to: batch.count, by: size) {
          let range = first..<min(first + size, batch.count)
          messages.append(
            .events(
              try writers[source].events(
                batch, range: range, tBase: 0, labels: first == 0 && !isLate ? [label] : [])))
        }
        if isLate {
          let topic = Topic.labels(source: writers[source].source).bytes
          messages.append(.labels([topic, StreamLabel.encode([label])]))
        }
      }
    }
  }
}
