import Events
import Foundation
import Learning

/// A recording in memory, with its class.
struct BenchSample {
  var events: EventBatch
  var label: Int
}

/// Recordings that a case goes round.
struct BenchSamples {
  var samples: [BenchSample]

  var count: Int { samples.count }

  /// The recording that comes after `index` others.
  subscript(index: Int) -> BenchSample { samples[index % samples.count] }

  init(_ samples: [BenchSample]) {
    self.samples = samples
  }

  /// Generated ones.
  init(generated count: Int) {
    let strokes = BenchStrokes()
    samples = (0..<count).map { strokes.sample($0) }
  }

  /// Those of a folder of N-MNIST files with a `labels.csv` of names and classes.
  init(folder: String) throws {
    let list = folder + "/labels.csv"
    guard let data = FileManager.default.contents(atPath: list) else {
      throw BenchError("\(list): there is no such file, or it cannot be read")
    }
    samples = try String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).map {
      let fields = $0.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      guard fields.count == 2, let label = Int(fields[1]),
        (0..<BenchStrokes.classes).contains(label)
      else { throw BenchError("\(list): a line \"\($0)\", where a file and its class should be") }
      let path = "\(folder)/\(fields[0])"
      let events = try RecordingReader.readAll(path: path)
      try Trials.check(events, path: path, geometry: .nmnist)
      return BenchSample(events: events, label: label)
    }
    guard !samples.isEmpty else { throw BenchError("\(list): no recordings in it") }
  }

  /// The same events, their pixels spread evenly over a sensor of `side` x `side`.
  func spread(over side: Int) -> BenchSamples {
    BenchSamples(
      samples.map { sample in
        let events = sample.events.indices.map { index in
          var event = sample.events[index]
          event.x = UInt16(Int(event.x) * side / SensorGeometry.nmnist.width)
          event.y = UInt16(Int(event.y) * side / SensorGeometry.nmnist.height)
          return event
        }
        return BenchSample(events: EventBatch(events), label: sample.label)
      })
  }

  /// Recordings of 300 steps, each with `count` events at pixels drawn anew.
  static func scattered(eventsPerStep count: Int, samples: Int) -> BenchSamples {
    BenchSamples(
      (0..<samples).map { index in
        var random = SplitMix64(seed: 1, stream: 0x2000 + UInt64(index))
        var batch = EventBatch()
        for step in 0..<300 {
          for address in addresses(count, &random) {
            let geometry = SensorGeometry.nmnist
            let pixel = address % (geometry.width * geometry.height)
            batch.append(
              t: Int64(step) * 1000, x: UInt16(pixel % geometry.width),
              y: UInt16(pixel / geometry.width), on: address > pixel)
          }
        }
        return BenchSample(
          events: batch, label: random.nextInteger(below: BenchStrokes.classes))
      })
  }

  /// Different ones, in the order of drawing.
  private static func addresses(_ count: Int, _ random: inout SplitMix64) -> [Int] {
    var drawn: [Int] = []
    var taken: Set<Int> = []
    while drawn.count < count {
      let address = random.nextInteger(below: SensorGeometry.nmnist.addressCount)
      if taken.insert(address).inserted { drawn.append(address) }
    }
    return drawn
  }
}

/// A measurement that cannot be made.
struct BenchError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
